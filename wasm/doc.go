// Command wasm is floe/wasm/client for the page: compiled for js/wasm, it runs
// in a module worker (static/js/worker.js) and puts one object, floe, onto the
// global scope. It takes and gives JavaScript values and does nothing else.
//
// Each method returns a promise. It is rejected with {code, message, …} as
// client.Error has it; a panic becomes a rejection too, since otherwise it would
// end the worker. Where args have a signal (AbortSignal) or onProgress, they are
// minded.
//
//	floe.crew(crew)                                         → undefined; its workers help from now on
//	floe.network()                                          → GET /api/v1/network, checked
//	floe.words()                                            → six random words
//	floe.qr(text)                                           → {size, path}
//	floe.identity({seed})                                   → {recipient, words, short}
//	floe.send({files, epochs, passphrase, recipients, seed, index, origin, memory})
//	                                                        → {link, parcelId, endsAt, …}
//	floe.send({…, journal})                                 → likewise; journal(state) promises to have kept it
//	floe.send({files, resume, seed, …})                     → likewise, going on from what journal was told last
//	floe.send({…, wallet})                                  → likewise, paid by a wallet
//	floe.finish({index, origin})                            → likewise, of what was paid for and failed after
//	floe.cost({files, recipients, epochs, address})         → {wal, sui, hold, short}
//	floe.open({fragment, passphrase, seed, memory})         → {parcelId, files, sender, zipSize, …}
//	floe.stream({parcelId, index, offset, length, whole, shelf, port})
//	                                                        → {bytes}, given out through port
//	floe.withdraw({link, seed, index, memory, wallet})      → undefined
//	floe.grant({link, recipient, seed, index, memory, wallet}) → undefined
//
// With the argument "mate" the program is one of those workers and nothing else
// (floe/wasm/crew). Where the network isn't compiled in, its IDs as the page carries them are the
// program's argument (api.ParseNetworkIDs).
//
// files are {file: File, path}; seed is a Uint8Array of 32 bytes; memory is
// {seen(parcelId), saw(parcelId, sequence)}, both returning promises; wallet is
// {address, sign(transaction)}, where sign promises {bytes, signature}, all of them
// Uint8Arrays, and is missing where the built-in identity owns a parcel; shelf is
// {load(id), keep(id, bytes), drop(ids)}, a client.Shelf. Parcels
// that were opened are kept, with their keys, for as long as the worker lives.
package main
