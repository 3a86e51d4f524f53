//go:build !js && (!amd64 || noasm || nopshufb || appengine || gccgo)

package codec

// dropTable is for processors whose vector instructions do without it.
func dropTable() {}
