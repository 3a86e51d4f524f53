package api

import (
	"encoding/hex"
	"strconv"

	"golang.org/x/crypto/blake2b"
)

// NetworkIDs are the package and object IDs of one network. They are compiled
// in, or else come with the page or from a file of the user's own ([Place]), so
// that no answer of a server can name others: what a page or a command line
// accepts must call these packages and read these objects.
//
// Packages on Sui never change; an upgrade is a new package, under an ID of its
// own. Types go by the package that first defined them, calls by the newest,
// which the System object names. No page can tell whether it is shown the true
// System object, and a package that it calls may take what the transaction
// brings, so the package to call counts among these IDs too.
type NetworkIDs struct {
	Name          string
	WALPackage    [32]byte // defines wal::WAL
	WalrusPackage [32]byte // defines Walrus' types
	WalrusCall    [32]byte // the package to call where Walrus was upgraded; zero: WalrusPackage
	FloePackage   [32]byte // defines parcel::Parcel; zero where it isn't published
	System        [32]byte // shared object walrus::system::System
	Staking       [32]byte // shared object walrus::staking::Staking
}

// CallWalrus is the package to call for Walrus' functions.
func (n NetworkIDs) CallWalrus() [32]byte {
	if n.WalrusCall != [32]byte{} {
		return n.WalrusCall
	}
	return n.WalrusPackage
}

// Calling returns the IDs with another package to call for Walrus' functions.
func (n NetworkIDs) Calling(walrus [32]byte) NetworkIDs {
	if n.WalrusCall = walrus; walrus == n.WalrusPackage {
		n.WalrusCall = [32]byte{}
	}
	return n
}

// CompiledIn reports whether every Floe knows all of these IDs.
func (n NetworkIDs) CompiledIn() bool {
	known, ok := Networks(n.Name)
	return ok && n == known
}

// Local is the name of the embedded network. The others are Walrus' own names.
const (
	Local   = "local"
	Testnet = "testnet"
	Mainnet = "mainnet"
)

// The embedded network's IDs are blake2b256("floe embedded " ‖ name), with the
// names wal, walrus, floe, system and staking. Ledgers on disk hold them: they
// never change. The public ones come from Walrus' network reference; the Floe
// package isn't published there yet.
const (
	localWAL     = "6df79df62a77568693933b90f3ddb694610e1f05e29f388baf07943cddfaba3d"
	localWalrus  = "31be34f9ec5a79fd2d1b02cc87d0bba5340d940f761e1c08c07dc57c278abd8b"
	localFloe    = "2d6c52488b0c72f173b0578d68f0ee1c8de0976b676f72bab670f6ca74bc1916"
	localSystem  = "1dc272c54f5895ecff7d41e3f8e0607d85d00909af257e4ebbf629fe2a4b5e49"
	localStaking = "7821b45372955f1332a60a5fd4f34def17499b81b606a3b298fb725d2559d560"

	mainnetWAL     = "356a26eb9e012a68958082340d4c4116e7f55615cf27affcff209cf0ae544f59"
	mainnetWalrus  = "fdc88f7d7cf30afab2f82e8380d11ee8f70efb90e863d1de8616fae1bb09ea77"
	mainnetSystem  = "2134d52768ea07e8c43570ef975eb3e4c27a39fa6396bef985b5abc58d03ddd2"
	mainnetStaking = "10b9d30c28448939ce6c4d6c6e0ffce4a7f8a4ada8248bdad09ef8b70e4a3904"

	testnetWAL     = "8270feb7375eee355e64fdb69c50abb6b5f9393a722883c1cf45f8e26048810a"
	testnetWalrus  = "d84704c17fc870b8764832c535aa6b11f21a95cd6f5bb38a9b07d2cf42220c66"
	testnetSystem  = "6c2547cbbc38025cf3adac45f63cb0a8d12ecf777cdc75a4971612bf97fdf6af"
	testnetStaking = "be46180321c30aab2f8b3501e24048377287fa708018a5b7c2792b35fe339ee3"
)

// Networks returns the IDs compiled in for the network of that name.
func Networks(name string) (ids NetworkIDs, ok bool) {
	switch name {
	case Local:
		return networkIDs(name, localWAL, localWalrus, localFloe, localSystem, localStaking), true
	case Mainnet:
		return networkIDs(name, mainnetWAL, mainnetWalrus, "", mainnetSystem, mainnetStaking), true
	case Testnet:
		return networkIDs(name, testnetWAL, testnetWalrus, "", testnetSystem, testnetStaking), true
	}
	return NetworkIDs{}, false
}

// EmbeddedPool is the object ID of the staking pool of the embedded network's
// node with that index, which is also its node ID.
func EmbeddedPool(index int) [32]byte {
	return embeddedID("pool " + strconv.Itoa(index))
}

func embeddedID(name string) [32]byte {
	return blake2b.Sum256([]byte("floe embedded " + name))
}

func networkIDs(name, wal, walrus, floe, system, staking string) NetworkIDs {
	return NetworkIDs{
		Name:          name,
		WALPackage:    mustID(wal),
		WalrusPackage: mustID(walrus),
		FloePackage:   mustID(floe),
		System:        mustID(system),
		Staking:       mustID(staking),
	}
}

// mustID reads one of the constants above; "" is the zero ID.
func mustID(s string) (id [32]byte) {
	if s == "" {
		return id
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) {
		panic("internal error: malformed network ID " + s)
	}
	return [32]byte(b)
}
