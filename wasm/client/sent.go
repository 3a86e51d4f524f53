package client

import (
	"fmt"
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

	Note   Note
	Others Others
}

// Note is a file for the sender to keep: it opens the parcel without Floe.
type Note struct{ Name, Text string }

// Others is what others can see of a parcel.
type Others struct {
	Network string
	Sender  suitx.Address // of this parcel alone
	Blobs   []OthersBlob
	Size    int64 // of all blobs: padded, so that it tells little
	Slots   int   // grants, the sender's own included
	EndsAt  time.Time
	Server  []string // what else the server sees
}

// OthersBlob is one blob as everybody sees it.
type OthersBlob struct {
	ID   codec.BlobID
	Size uint64
}

func (s *sending) sent(parcel suitx.Address, st *api.Statement) *Sent {
	out := &Sent{
		Link:         crypto.Link{Parcel: parcel, Secret: s.secret},
		Parcel:       parcel,
		EndsAt:       s.net.startOf(st.EndEpoch),
		Passphrase:   s.secret != nil && s.secret.Passphrase,
		NodesHolding: s.holding,
		NodesNeeded:  s.net.nodesFor(s.net.params.Primary),
		NodesTotal:   len(s.net.Nodes),
	}
	out.Others = s.others(st, out.EndsAt)
	out.Note = s.note(out)
	return out
}

func (s *sending) others(st *api.Statement, ends time.Time) Others {
	o := Others{Network: s.net.Name, Sender: s.address, Slots: len(st.Slots), EndsAt: ends, Server: []string{
		"your IP address, and those of whoever opens it",
		"when it is opened, and which parts are read",
	}}
	for _, b := range st.Blobs {
		o.Blobs = append(o.Blobs, OthersBlob{b.BlobID, b.Size})
		o.Size += int64(b.Size)
	}
	return o
}

// note writes the recovery note. It is an age identity file: the commands in it
// take the note itself.
func (s *sending) note(sent *Sent) Note {
	name := "floe-recovery-" + strings.TrimPrefix(sent.Parcel.String(), "0x")[:8] + ".txt"
	ids := make([]string, len(sent.Others.Blobs))
	for i, b := range sent.Others.Blobs {
		ids[i] = b.ID.String()
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "# "+format+"\n", args...) }
	line("Floe recovery note. Keep it secret: whoever has it can open these files.")
	line("Parcel %s on %s, kept until %s.", sent.Parcel, sent.Others.Network, sent.EndsAt.UTC().Format("2 January 2006"))
	line("Sealed, it has %d bytes in %d blobs, in this order:", sent.Others.Size, len(ids))
	for _, id := range ids {
		line("  %s", id)
	}
	line("")
	line("To open it without Floe's page, with age 1.3 or later and unzip:")
	line("  1. fetch the blobs, in this order, into parcel.age:")
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
	if s.net.Name == api.Local {
		server := ""
		if s.server != "" {
			server = "-server " + s.server + " "
		}
		return []string{"floe fetch " + server + "-o parcel.age -- " + strings.Join(ids, " ")}
	}
	commands := make([]string, len(ids), len(ids)+1)
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("part-%d", i+1)
		commands[i] = fmt.Sprintf("walrus read --out %s -- %s", parts[i], id)
	}
	return append(commands, "cat "+strings.Join(parts, " ")+" > parcel.age")
}

// humanSize writes a size as people say it.
func humanSize(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	value, names := float64(n)/unit, []string{"kB", "MB", "GB", "TB"}
	for value >= unit && len(names) > 1 {
		value, names = value/unit, names[1:]
	}
	return fmt.Sprintf("%.1f %s", value, names[0])
}
