// Command floe sends files that only their recipients can open, and opens them.
// It seals, encodes and verifies by itself; the server it talks to passes on
// what it can't read. Who doesn't trust a server's pages uses this.
//
//	floe send [WAY] [-to RECIPIENT]… [-passphrase-file F] [-epochs N] [-light] [-note F] FILE…
//	floe send -continue
//	floe open [WAY] [-o DIR] [-f] [-passphrase-file F] [-wait D] [LINK]
//	floe identity [age | export | import]
//	floe grant [WAY] -to RECIPIENT [LINK]
//	floe withdraw [WAY] [LINK]
//	floe fetch [WAY] [-o F] [-wait D] BLOB…
//
// WAY is -server URL, or without any server -network NET: local, testnet,
// mainnet or the file of a network. The server is -server, else the one a link
// names, else FLOE_SERVER, else http://127.0.0.1:8080. Of a server's network the
// IDs must be known: those that aren't compiled in come with -known FILE. Results
// go to standard output and nothing else does.
//
// # Without a server
//
// With -network, floe speaks with a full node of Sui and Walrus' storage nodes
// by itself (package direct). Opening and fetching need nothing more. Sending
// and changing need -key FILE, mode 0600: the secret, suiprivkey1…, of the
// address that pays WAL and gas, up to -wal-budget and -gas-budget. Each parcel
// has an address of its own all the same; but who pays is in every transaction,
// for everybody to see.
//
// Links then name the network, floe:testnet/open#…, and floe open takes them as
// they are; of a network in a file, its recipients need the file and -network.
// With -link-base URL they are to a server's page, which any server on that
// network can be.
//
// What belongs to this device is in the user's configuration directory, in
// floe/, readable by its owner alone: the identity, which indices of parcel keys
// were used, the states of parcels that were seen, and of a sending that was
// interrupted all that -continue takes: its command, and how far it had come.
//
// floe open reads a parcel once, from its beginning to its end. Where it is broken
// off, the files that are complete have their names, and a folder beside them,
// .floe-….part, keeps what an unfinished file has of blobs, sealed, until the same
// command goes on or the parcel ends. floe fetch -o does likewise.
//
// It exits with 0 when all is done, 1 when it failed, 2 when it was called
// wrongly, 3 when a link doesn't open (wrong, withdrawn, expired, another's), 4
// when trying later may help, 5 when a server showed what nobody signed.
package main
