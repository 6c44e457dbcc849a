mod count; mod server; mod workloads;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let counter = count::Counter::new(server::start()?)?;
    for w in workloads::workloads() { println!("{} {:.1}", w.name, counter.count(&w)?); }
    for n in socketio_codec::OPERATIONS { if n == "dispatch" {continue;}
       let name: &'static str = Box::leak(format!("limit-{n}").into_boxed_str());
       let w = workloads::Workload { name, few: 100, many: 1100, tolerance: 1.0 };
       println!("{} {:.1}", w.name, counter.count(&w)?); }
    Ok(())
}
