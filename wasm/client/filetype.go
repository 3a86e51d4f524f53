package client

import (
	"path"
	"strings"
)

// typeOf guesses a file's media type from its name. The table is ours, not the
// machine's, so that a parcel looks alike everywhere; it holds what the pages
// treat in some way of its own.
func typeOf(name string) string {
	switch strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) {
	case "png", "apng":
		return "image/png"
	case "jpg", "jpeg", "jfif":
		return "image/jpeg"
	case "gif":
		return "image/gif"
	case "webp":
		return "image/webp"
	case "avif":
		return "image/avif"
	case "bmp":
		return "image/bmp"
	case "svg":
		return "image/svg+xml"
	case "txt", "text", "log", "md", "csv", "tsv", "json", "xml", "yaml", "yml", "toml", "ini",
		"go", "js", "mjs", "ts", "css", "py", "rs", "c", "h", "cpp", "java", "sh", "sql", "move", "html", "htm":
		return "text/plain"
	case "pdf":
		return "application/pdf"
	case "zip":
		return "application/zip"
	case "mp4", "m4v":
		return "video/mp4"
	case "webm":
		return "video/webm"
	case "mp3":
		return "audio/mpeg"
	case "ogg", "oga", "opus":
		return "audio/ogg"
	case "wav":
		return "audio/wav"
	case "m4a":
		return "audio/mp4"
	case "flac":
		return "audio/flac"
	}
	return "application/octet-stream"
}
