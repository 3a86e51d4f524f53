package client

import (
	"fmt"
	"math"
	"strings"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// Sent is a parcel that can be opened from now on.
type Sent struct {
	Link       crypto.Link
	Parcel     suitx.Address
	EndsAt     time.Time // not kept any longer
	Passphrase bool      // needed besides the link

	NodesHolding int // nodes that confirmed all of it
	NodesNeeded  int // nodes, whichever they are, that suffice to read it
	NodesTotal   int

	Blobs  []api.StatementBlob // in the order of the ciphertext
	Note   Note
	Others Others
}

// Note is a file for the sender to keep: it opens the parcel without Floe.
type Note struct{ Name, Text string }

// Others is what others can see of a parcel, in lines for people.
type Others []Fact

// Fact is one thing that can be seen, and by whom.
type Fact struct {
	Name   string
	Values []string
}

func (s *sending) sent(parcel suitx.Address, st *api.Statement) *Sent {
	out := &Sent{
		Link:         crypto.Link{Parcel: parcel, Secret: s.secret},
		Parcel:       parcel,
		EndsAt:       s.net.startOf(st.EndEpoch),
		Blobs:        st.Blobs,
		Passphrase:   s.secret != nil && s.secret.Passphrase,
		NodesHolding: s.holding,
		NodesNeeded:  s.net.nodesFor(s.net.params.Primary),
		NodesTotal:   len(s.net.Nodes),
	}
	out.Others = s.others(st, parcel, out.EndsAt)
	out.Note = s.note(out, st)
	return out
}

func (s *sending) others(st *api.Statement, parcel suitx.Address, ends time.Time) Others {
	blobs := make([]string, len(st.Blobs))
	for i, b := range st.Blobs {
		blobs[i] = codec.BlobID(b.BlobID).String()
	}
	return Others{
		{"everybody: parcel", []string{parcel.String()}},
		s.ownerFact(),
		{"everybody: sealed blobs", blobs},
		{"everybody: their size, with padding", []string{HumanSize(s.plan.sealed)}},
		{"everybody: sealed grants, not for whom", []string{fmt.Sprint(len(st.Slots))}},
		{"everybody: kept until", []string{ends.UTC().Format("2 January 2006, 15:04 UTC")}},
		{"the server too", []string{"your IP address and those of whoever opens it", "when it is opened", "which parts are read"}},
		{"nobody", []string{"the files", "their names, number and exact sizes", "the link's secret"}},
	}
}

func (s *sending) ownerFact() Fact {
	if s.owner != s.address {
		return Fact{"everybody: your wallet's address, which all that it pays for has in common", []string{s.owner.String()}}
	}
	return Fact{"everybody: sender's address, used for this parcel alone", []string{s.address.String()}}
}

// note writes the recovery note. It is an age identity file: the commands in it
// take the note itself.
func (s *sending) note(sent *Sent, st *api.Statement) Note {
	name := "floe-recovery-" + strings.TrimPrefix(sent.Parcel.String(), "0x")[:8] + ".txt"
	ids := make([]string, len(st.Blobs))
	for i, b := range st.Blobs {
		ids[i] = codec.BlobID(b.BlobID).String()
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "# "+format+"\n", args...) }
	line("Floe recovery note. Keep it secret: whoever has it can open these files.")
	line("Parcel %s on %s, kept until %s.", sent.Parcel, s.net.Name, sent.EndsAt.UTC().Format("2 January 2006"))
	blobs := "blobs, in this order"
	if len(ids) == 1 {
		blobs = "blob"
	}
	line("Sealed, it has %d bytes in %d %s:", s.plan.sealed, len(ids), blobs)
	for _, id := range ids {
		line("  %s", id)
	}
	line("")
	line("To open it without Floe's page, with age 1.3 or later and unzip:")
	line("  1. fetch what was sealed into parcel.age:")
	for _, command := range s.fetchCommands(ids) {
		line("       %s", command)
	}
	line("  2. age -d -i %s parcel.age > parcel.zip", name)
	line("  3. unzip parcel.zip")
	b.WriteString(s.parcel.String() + "\n")
	return Note{Name: name, Text: b.String()}
}

// fetchCommands says how to get the ciphertext. Walrus' own program knows only
// public networks.
func (s *sending) fetchCommands(ids []string) []string {
	if s.net.Name != api.Testnet && s.net.Name != api.Mainnet {
		way := ""
		switch {
		case s.onNetwork != "":
			way = "-network " + s.onNetwork + " "
		case s.server != "":
			way = "-server " + s.server + " "
		}
		return []string{"floe fetch " + way + "-o parcel.age -- " + strings.Join(ids, " ")}
	}
	commands := make([]string, len(ids), len(ids)+1)
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("part-%d", i+1)
		commands[i] = fmt.Sprintf("walrus read --out %s -- %s", parts[i], id)
	}
	return append(commands, "cat "+strings.Join(parts, " ")+" > parcel.age")
}

// HumanSize writes a number of bytes as people say it.
func HumanSize(n int64) string {
	const unit = 1000
	switch {
	case n == 1:
		return "1 byte"
	case n < unit:
		return fmt.Sprintf("%d bytes", n)
	}
	value, names := float64(n)/unit, []string{"KB", "MB", "GB", "TB"}
	for math.Round(value) >= unit && len(names) > 1 {
		value, names = value/unit, names[1:]
	}
	digits := 0
	if value < 9.95 {
		digits = 1
	}
	return strings.TrimSuffix(fmt.Sprintf("%.*f", digits, value), ".0") + " " + names[0]
}
