package official_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A golden list has one call a line, in order. "# " begins a comment; lines that
// begin with "| " belong to the call above them: the transaction it executes.
//
//	13 × CALL       that many times in a row; "1+ ×": once or more
//	any order {     the calls up to "}" in any order
//	each of 13 nodes {   so many storage nodes get the calls up to "}", each in
//	                order, all at the same time
//	}
//
// step is a part of such a list.
type step struct {
	text     string
	min, max int    // how often; max 0: no bound
	block    string // "any order" or "nodes"
	inner    []step
	nodes    int
}

func parseGolden(text string) ([]step, error) {
	lines := strings.Split(text, "\n")
	var stack [][]step
	var open []step
	now := []step{}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		rest, more := strings.CutPrefix(line, "| ")
		nodes := 0
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case more && len(now) > 0:
			now[len(now)-1].text += "\n" + strings.TrimSpace(rest)
		case line == "any order {":
			stack, open, now = append(stack, now), append(open, step{block: "any order"}), nil
		case strings.HasSuffix(line, " nodes {"):
			if _, err := fmt.Sscanf(line, "each of %d nodes {", &nodes); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			stack, open, now = append(stack, now), append(open, step{block: "nodes", nodes: nodes}), nil
		case line == "}" && len(open) > 0:
			b := open[len(open)-1]
			b.inner = now
			now = append(stack[len(stack)-1], b)
			stack, open = stack[:len(stack)-1], open[:len(open)-1]
		default:
			now = append(now, parseCall(line))
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("a block isn't closed")
	}
	return now, nil
}

func parseCall(line string) step {
	count, text, ok := strings.Cut(line, " × ")
	number, open := strings.CutSuffix(count, "+")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return step{text: line, min: 1, max: 1}
	}
	if open {
		return step{text: text, min: n}
	}
	return step{text: text, min: n, max: n}
}

// compare says where calls differ from a golden list.
func compare(golden string, got []event) error {
	steps, err := parseGolden(golden)
	if err != nil {
		return err
	}
	rest, err := follow(steps, got)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d calls more than listed, first\n%s", len(rest), rest[0].text)
	}
	return nil
}

// follow takes what steps ask for from the beginning of calls.
func follow(steps []step, got []event) ([]event, error) {
	var err error
	for _, s := range steps {
		switch s.block {
		case "any order":
			got, err = followAnyOrder(s, got)
		case "nodes":
			got, err = followNodes(s, got)
		default:
			got, err = followCall(s, got)
		}
		if err != nil {
			return nil, err
		}
	}
	return got, nil
}

func followCall(s step, got []event) ([]event, error) {
	n := 0
	for n < len(got) && got[n].text == s.text && (s.max == 0 || n < s.max) {
		n++
	}
	if n < s.min {
		next := "nothing"
		if n < len(got) {
			next = got[n].text
		}
		return nil, fmt.Errorf("%d of %d × %s\nthen comes %s", n, s.min, s.text, next)
	}
	return got[n:], nil
}

// followAnyOrder takes as many calls as are among those of the block.
func followAnyOrder(s step, got []event) ([]event, error) {
	counts := map[string]int{}
	n := 0
	for n < len(got) && slices.ContainsFunc(s.inner, func(c step) bool {
		return c.text == got[n].text && (c.max == 0 || counts[c.text] < c.max)
	}) {
		counts[got[n].text]++
		n++
	}
	for _, c := range s.inner {
		if counts[c.text] < c.min {
			return nil, fmt.Errorf("%d of %d × %s", counts[c.text], c.min, c.text)
		}
	}
	return got[n:], nil
}

func followNodes(s step, got []event) ([]event, error) {
	byNode := map[int][]event{}
	n := 0
	for ; n < len(got) && got[n].node >= 0; n++ {
		byNode[got[n].node] = append(byNode[got[n].node], got[n])
	}
	if len(byNode) != s.nodes {
		return nil, fmt.Errorf("%d nodes are asked, not %d", len(byNode), s.nodes)
	}
	for node, calls := range byNode {
		rest, err := follow(s.inner, calls)
		if err == nil && len(rest) > 0 {
			err = fmt.Errorf("%d calls more than listed, first %s", len(rest), rest[0].text)
		}
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", node, err)
		}
	}
	return got[n:], nil
}

// listing is what was recorded, to be read by people.
func listing(got []event) string {
	var b strings.Builder
	for _, e := range got {
		if e.node >= 0 {
			fmt.Fprintf(&b, "node %d: ", e.node)
		}
		b.WriteString(strings.ReplaceAll(e.text, "\n", "\n| ") + "\n")
	}
	return b.String()
}

func TestGoldenListsTellDifferences(t *testing.T) {
	const golden = `# comment
a
2 × b
any order {
	c
	2 × d
}
1+ × e
each of 2 nodes {
	x
	y
}
`
	parse := func(list string) (events []event) {
		for _, word := range strings.Fields(list) {
			e := event{node: -1, text: word}
			if name, node, ok := strings.Cut(word, "@"); ok {
				e.text = name
				e.node, _ = strconv.Atoi(node)
			}
			events = append(events, e)
		}
		return events
	}
	for _, same := range []string{"a b b c d d e x@0 y@0 x@1 y@1", "a b b d c d e e e x@0 x@1 y@1 y@0"} {
		if err := compare(golden, parse(same)); err != nil {
			t.Errorf("%s: %v", same, err)
		}
	}
	for _, other := range []string{"", "a b c d d e x@0 y@0 x@1 y@1", "b a b c d d e x@0 y@0 x@1 y@1", "a b b c d e x@0 y@0 x@1 y@1",
		"a b b c d d d e x@0 y@0 x@1 y@1", "a b b c d d x@0 y@0 x@1 y@1", "a b b c d d e y@0 x@0 x@1 y@1", "a b b c d d e x@0 y@0 x@1",
		"a b b c d d e x@0 y@0", "a b b c d d e x@0 y@0 x@1 y@1 z@1", "a b b c d d e x@0 y@0 x@1 y@1 z", "a b b b c d d e x@0 y@0 x@1 y@1"} {
		if err := compare(golden, parse(other)); err == nil {
			t.Errorf("%s: no difference is seen", other)
		}
	}
	if err := compare("any order {\na\n", nil); err == nil {
		t.Error("a block that isn't closed is taken")
	}
}
