//go:build !js

package main

import "os"

func main() { os.Exit(1) } // it runs in a browser
