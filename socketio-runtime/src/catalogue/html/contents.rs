//! The side of the page: search and contents.
//!
//! Must not know: what events are like.

use super::{
    Page, TYPES,
    text::{Text, append},
};
use crate::catalogue::outline::{Direction, Entry, Outline, visible};

impl Page<'_> {
    pub(super) fn contents(&mut self, outline: &Outline<'_>) {
        append!(
            self.html,
            "<header class=\"side\">\n<p class=\"brand\"><a href=\"#content\">{}</a> {}</p>\n{SEARCH}\
             <details class=\"contents\" open>\n<summary>Contents</summary>\n\
             <nav aria-label=\"Contents\">\n<ul>\n",
            Text(&outline.catalogue.title),
            Text(&outline.catalogue.version),
        );
        for section in &outline.sections {
            append!(
                self.html,
                "<li><a class=\"namespace\" href=\"#{}\"><code>{}</code></a>\n<ul>\n",
                Text(&section.id),
                Text(&section.namespace.path)
            );
            for direction in &section.directions {
                self.listed_direction(direction);
            }
            self.html.push_str("</ul>\n</li>\n");
        }
        if !outline.types.is_empty() {
            append!(self.html, "<li><a class=\"namespace\" href=\"#{TYPES}\">Types</a>\n<ul>\n");
            for ty in &outline.types {
                self.listed(&ty.id, ty.name, false);
            }
            self.html.push_str("</ul>\n</li>\n");
        }
        self.html.push_str("</ul>\n</nav>\n</details>\n</header>\n");
    }

    fn listed_direction(&mut self, direction: &Direction<'_>) {
        append!(
            self.html,
            "<li><a class=\"direction\" href=\"#{}\">{}</a>\n<ul>\n",
            Text(&direction.id),
            direction.sender.title()
        );
        for Entry { id, event, .. } in &direction.entries {
            self.listed(id, &visible(&event.name), event.deprecated.is_some());
        }
        self.html.push_str("</ul>\n</li>\n");
    }

    fn listed(&mut self, id: &str, name: &str, is_deprecated: bool) {
        let [open, close] = if is_deprecated { ["<s>", "</s>"] } else { ["", ""] };
        append!(
            self.html,
            "<li><a href=\"#{}\">{open}<code>{}</code>{close}</a></li>\n",
            Text(id),
            Text(name)
        );
    }
}

/// Shown by the script, which does the searching.
const SEARCH: &str = "<div class=\"search\" role=\"search\" hidden>\n\
    <label for=\"query\">Search events and types</label>\n\
    <input id=\"query\" type=\"search\" placeholder=\"Search\" autocomplete=\"off\" \
    spellcheck=\"false\" aria-keyshortcuts=\"/\" aria-describedby=\"found\">\n\
    <kbd aria-hidden=\"true\">/</kbd>\n<p id=\"found\" role=\"status\"></p>\n\
    <ol id=\"results\"></ol>\n</div>\n";
