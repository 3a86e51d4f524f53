// Command floe sends files that only their recipients can open, and opens them.
// It seals, encodes and verifies by itself; the server it talks to passes on
// what it can't read. Who doesn't trust a server's pages uses this.
//
//	floe send [-server URL] [-to RECIPIENT]… [-passphrase-file F] [-epochs N] [-note F] FILE…
//	floe open [-server URL] [-o DIR] [-f] [-passphrase-file F] [-wait D] [LINK]
//	floe identity [age | export | import]
//	floe grant [-server URL] -to RECIPIENT [LINK]
//	floe withdraw [-server URL] [LINK]
//	floe fetch [-server URL] [-o F] [-wait D] BLOB…
//
// The server is -server, else the one a link names, else FLOE_SERVER, else
// http://127.0.0.1:8080. Results go to standard output and nothing else does.
//
// What belongs to this device is in the user's configuration directory, in
// floe/, readable by its owner alone: the identity, which indices of parcel keys
// were used, and the states of parcels that were seen.
//
// It exits with 0 when all is done, 1 when it failed, 2 when it was called
// wrongly, 3 when a link doesn't open (wrong, withdrawn, expired, another's), 4
// when trying later may help, 5 when a server showed what nobody signed.
package main
