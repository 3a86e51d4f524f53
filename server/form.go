package server

import (
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// form is an asset as it is or as brotli. A large file is read from where it is
// whenever it is asked for: the program has it in memory anyway, once.
type form struct {
	bytes []byte
	files fs.FS // nil: bytes are all
	name  string
	size  int
}

const largeFile = 64 << 10

// formOf is a file whose bytes are known. Style sheets are joined, and so kept.
func formOf(fsys fs.FS, name string, bytes []byte) *form {
	if len(bytes) < largeFile || strings.HasSuffix(name, ".css") {
		return &form{bytes: bytes}
	}
	return &form{files: fsys, name: name, size: len(bytes)}
}

func (f *form) serve(c echo.Context, contentType string) error {
	if f.files == nil {
		return c.Blob(http.StatusOK, contentType, f.bytes)
	}
	file, err := f.files.Open(f.name)
	if err != nil {
		return fmt.Errorf("couldn't open an asset: %w", err)
	}
	defer file.Close()
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(f.size))
	return c.Stream(http.StatusOK, contentType, file)
}
