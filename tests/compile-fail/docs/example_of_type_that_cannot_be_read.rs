// The generated test, which is not compiled here, asks this of each type.
use socketio_runtime::__private::ExampleValue;

#[derive(serde::Serialize)]
struct Order;

fn asked<T: ExampleValue>() {}

fn main() {
    asked::<Order>();
}
