package api

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Place says where a network is and which IDs count there. It is one JSON file:
// what `floed package` writes and `-network FILE` reads.
//
//	{
//	  "name": "testnet",
//	  "wal_package": "0x…", "walrus_package": "0x…", "floe_package": "0x…",
//	  "system_object_id": "0x…", "staking_object_id": "0x…",
//	  "ledger": "https://fullnode.testnet.sui.io:443",
//	  "node_scheme": "https",
//	  "local_nodes": false,
//	  "walrus_call_package": "0x…",
//	  "upgrade_cap": "0x…"
//	}
//
// IDs have all their 64 digits. floe_package and upgrade_cap may be missing
// where Floe's package isn't published yet, walrus_call_package where Walrus was
// never upgraded; node_scheme is "https" and local_nodes false where they are. A name that is compiled in ([Networks])
// stands for the IDs compiled in: a file may add what is missing there, no more.
type Place struct {
	NetworkIDs
	Ledger     string   // URL of the full node's gRPC: https://host[:port], or http://host[:port] without TLS
	NodeScheme string   // of the storage nodes: "https" (TLS, pinned to the network key) or "http"
	LocalNodes bool     // members may have loopback and private addresses
	UpgradeCap [32]byte // the capability to upgrade FloePackage; zero if unknown
}

// maxPlaceName bounds a network's name. It stands in grants and messages.
const maxPlaceName = 32

// Places returns where a network that is compiled in is.
func Places(name string) (p Place, ok bool) {
	ids, ok := Networks(name)
	p = Place{NetworkIDs: ids, NodeScheme: "https"}
	switch name {
	case Local:
		p.Ledger, p.NodeScheme, p.LocalNodes = "http://127.0.0.1:8080", "http", true
	case Testnet, Mainnet:
		p.Ledger = "https://fullnode." + name + ".sui.io:443"
	}
	return p, ok
}

// fileID is an ID as it stands in the file.
type fileID [32]byte

func (id fileID) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(id[:])), nil }

func (id *fileID) UnmarshalText(b []byte) error {
	digits, found := bytes.CutPrefix(b, []byte("0x"))
	if !found || len(digits) != 64 {
		return fmt.Errorf("%q isn't an ID: those are 0x and 64 hex digits", b)
	}
	if _, err := hex.Decode(id[:], digits); err != nil {
		return fmt.Errorf("%q isn't an ID: those are 0x and 64 hex digits", b)
	}
	return nil
}

// idsFile is the part of the file that is handed to pages, too.
type idsFile struct {
	Name          string `json:"name"`
	WALPackage    fileID `json:"wal_package"`
	WalrusPackage fileID `json:"walrus_package"`
	WalrusCall    fileID `json:"walrus_call_package,omitzero"`
	FloePackage   fileID `json:"floe_package,omitzero"`
	System        fileID `json:"system_object_id"`
	Staking       fileID `json:"staking_object_id"`
}

type placeFile struct {
	idsFile
	Ledger     string `json:"ledger"`
	NodeScheme string `json:"node_scheme,omitempty"`
	LocalNodes bool   `json:"local_nodes,omitempty"`
	UpgradeCap fileID `json:"upgrade_cap,omitzero"`
}

// ParsePlace reads a network file. It is strict, and its errors say what to write.
func ParsePlace(b []byte) (Place, error) {
	var f placeFile
	if err := strictJSON(b, &f); err != nil {
		return Place{}, fmt.Errorf("couldn't read the network file: %w", err)
	}
	ids, err := f.ids()
	if err != nil {
		return Place{}, fmt.Errorf("couldn't read the network file: %w", err)
	}
	p := Place{ids, f.Ledger, f.NodeScheme, f.LocalNodes, f.UpgradeCap}
	if p.NodeScheme == "" {
		p.NodeScheme = "https"
	}
	if p.NodeScheme != "https" && p.NodeScheme != "http" {
		return Place{}, fmt.Errorf("couldn't read the network file: node_scheme is %q; it is \"https\" or \"http\"", p.NodeScheme)
	}
	if _, _, err := p.Target(); err != nil {
		return Place{}, fmt.Errorf("couldn't read the network file: %w", err)
	}
	return p, nil
}

// Marshal returns the file that ParsePlace reads.
func (p Place) Marshal() []byte {
	return indented(placeFile{fileOf(p.NetworkIDs), p.Ledger, p.NodeScheme, p.LocalNodes, p.UpgradeCap})
}

// Target splits Ledger into what to dial, host:port, and whether with TLS.
func (p Place) Target() (address string, tls bool, err error) {
	port := ":80"
	rest, tls := strings.CutPrefix(p.Ledger, "https://")
	if tls {
		port = ":443"
	} else if rest, _ = strings.CutPrefix(p.Ledger, "http://"); rest == p.Ledger {
		return "", false, fmt.Errorf("ledger is %q; it is the address of a full node's gRPC, as in https://fullnode.testnet.sui.io:443", p.Ledger)
	}
	rest = strings.TrimSuffix(rest, "/")
	host, number, found := cutPort(rest)
	if host == "" || strings.ContainsAny(host, "/?#@ \t\r\n%\\") || found && !isPort(number) {
		return "", false, fmt.Errorf("ledger is %q; a scheme, a host and a port are all it can have, as in https://fullnode.testnet.sui.io:443", p.Ledger)
	}
	if !found {
		rest += port
	}
	return rest, tls, nil
}

// cutPort splits host:port; an IPv6 address stands in brackets.
func cutPort(s string) (host, port string, found bool) {
	if strings.HasPrefix(s, "[") {
		host, rest, closed := strings.Cut(s[1:], "]")
		port, found := strings.CutPrefix(rest, ":")
		if !closed || !found && rest != "" {
			return "", "", false
		}
		return host, port, found
	}
	host, port, found = strings.Cut(s, ":")
	return host, port, found
}

func isPort(s string) bool {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || n > 6553 {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n > 0 && n <= 65535
}

// ParseNetworkIDs reads what [NetworkIDs.Marshal] wrote: the IDs of a network
// that isn't compiled in, as a page carries them.
func ParseNetworkIDs(b []byte) (NetworkIDs, error) {
	var f idsFile
	if err := strictJSON(b, &f); err != nil {
		return NetworkIDs{}, fmt.Errorf("couldn't read the network's IDs: %w", err)
	}
	return f.ids()
}

// Marshal returns the IDs as JSON.
func (n NetworkIDs) Marshal() []byte { return indented(fileOf(n)) }

func fileOf(n NetworkIDs) idsFile {
	return idsFile{n.Name, n.WALPackage, n.WalrusPackage, n.WalrusCall, n.FloePackage, n.System, n.Staking}
}

// ids checks what stands in the file and returns it.
func (f idsFile) ids() (NetworkIDs, error) {
	n := NetworkIDs{f.Name, f.WALPackage, f.WalrusPackage, [32]byte{}, f.FloePackage, f.System, f.Staking}
	if f.WalrusCall != (fileID{}) {
		n = n.Calling(f.WalrusCall)
	}
	if !isPlaceName(f.Name) {
		return n, fmt.Errorf("name is %q; it has 1 to %d small letters, digits and dashes", f.Name, maxPlaceName)
	}
	known, compiled := Networks(f.Name)
	for _, id := range []struct {
		field       string
		told, known [32]byte
		optional    bool
	}{
		{"wal_package", n.WALPackage, known.WALPackage, false},
		{"walrus_package", n.WalrusPackage, known.WalrusPackage, false},
		{"floe_package", n.FloePackage, known.FloePackage, true},
		{"system_object_id", n.System, known.System, false},
		{"staking_object_id", n.Staking, known.Staking, false},
	} {
		if id.told == ([32]byte{}) && !id.optional {
			return n, fmt.Errorf("%s is missing", id.field)
		}
		if compiled && id.known != ([32]byte{}) && id.told != id.known {
			return n, fmt.Errorf("%s isn't that of the network %q; give a network of your own a name of its own", id.field, f.Name)
		}
	}
	return n, nil
}

func isPlaceName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxPlaceName
}

func strictJSON(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows after the object's end")
	}
	return nil
}

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return append(b, '\n')
}
