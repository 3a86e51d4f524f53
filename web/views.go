package web

// LayoutView is what differs between the heads of pages.
type LayoutView struct {
	Title       string
	Description string
	Here        string   // path of the entry in the navigation this page is
	Entry       string   // the page's module in static/js; "" when it has none
	Modules     []string // what Entry imports, however deep, fetched ahead with it
	Later       []string // what it imports once the page is painted; it asks for all of them at once
	Private     bool     // keep it out of search engines
}

// NavItem is one entry of the navigation.
type NavItem struct{ Path, Label string }

// nav lists the pages that exist, no others.
func nav() []NavItem {
	return []NavItem{
		{"/", "Send"},
		{"/network", "Network"},
		{"/safe", "How it is safe"},
	}
}

// modules returns the names in static/js that every page with an entry needs,
// and more.
func modules(more ...string) []string {
	return append([]string{"dom.js", "floes.js", "format.js", "map.js", "net.js"}, more...)
}

// DialogView is a question that needs an answer before things go on.
type DialogView struct {
	ID, Title, Text string
	Yes, No         string // No comes first in the tab order: it changes nothing
}

// MapView is a place where a module draws the nodes as floes.
type MapView struct {
	ID    string
	Label string // what it shows, also the caption of the table that says the same
	Wide  bool   // a low strip rather than a field
}

// StyleSheet is the name below a server's assets of all [StyleSheets] in one,
// which it makes: a page waits for one connection rather than for four.
const StyleSheet = "css/all.css"

// StyleSheets names the files in static/css, in order.
func StyleSheets() []string { return []string{"tokens.css", "base.css", "forms.css", "parts.css"} }
