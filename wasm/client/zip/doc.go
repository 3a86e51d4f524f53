// Package zip writes and reads the ZIP that a parcel is before it is sealed. It
// is strict: there is one way to write an archive, and the reader refuses every
// other, so that no two programs can see different files in a parcel.
//
// # Which function to call
//
// To write, make names fit with [CleanNames], plan with [NewLayout], then
// [Layout.SumFrom]; [Layout.WriteFrom] writes parts of it again. To read, [NewReader], then
// [File.Open]; [Reader.WriteTo] copies the whole archive and checks all of it.
//
// # Layout
//
// An archive as in PKWARE's APPNOTE 6.3.10, from its first byte to its last:
//
//	entry…              in the order added, each right behind the one before
//	  local header      extra fields: ZIP64 if the size needs it, then the time
//	  data              method 0 (store)
//	  data descriptor   with its signature; only if there is data
//	padding             zeros, any number
//	central directory   one header an entry, in the same order
//	ZIP64 end           record and locator, only if a number below needs it
//	end                 no comment
//
// Flag 11 (UTF-8) is always set; flag 3 (descriptor) and a CRC of zero in the
// local header whenever there is data. The local header has the true sizes all
// the same, so that a program reading forward knows where the data ends. An
// entry is a regular file made by Unix with mode 0644; there are no folders, no
// links. The time is kept in seconds by extra field 0x5455, and in DOS form in UTC.
// Size is limited by ZIP64 alone, the number of entries by [MaxEntries].
//
// # Names
//
// A name is a path of NFC-normalised UTF-8 with "/" between its parts; see
// [CheckName] for what it can't be. No two names are equal, and none is a folder
// of another, after case folding. Names that only Windows can't hold are allowed:
// [SaveNames] tells what to call files on any disk, and [DisplayName] makes
// visible what tries to hide.
package zip
