package web

import "testing"

// Pages that start a program carry what they are given, whole; others and those
// that are given nothing don't.
func TestPagesCarryTheirNetwork(t *testing.T) {
	const network = `{"name": "ours", "odd": "<\"'&>"}`
	carrying := 0
	for _, given := range []string{"", network} {
		all, err := Pages(t.Context(), given)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			program, carried, found := false, "", false
			for _, e := range elements(t, p.HTML) {
				program = program || e.name == "script"
				if e.name == "meta" && e.attrs["name"] == "floe-network" {
					carried, found = e.attrs["content"], true
				}
			}
			if want := given != "" && program; found != want || carried != map[bool]string{true: given}[want] {
				t.Errorf("page %q, given %q, carries %q", p.Path, given, carried)
			}
			if found {
				carrying++
			}
		}
	}
	if carrying < 2 {
		t.Errorf("%d pages carry anything", carrying)
	}
}
