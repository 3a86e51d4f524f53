package zip

import "time"

// Times that both of ZIP's forms can hold, in seconds since 1970.
const (
	minTime = 315532800     // 1980-01-01 00:00:00 UTC, where DOS begins
	maxTime = 1<<32 - 1<<16 // 2106-02-06, just before 32 bits end
)

// seconds returns t as it is written: whole, and within reach. No time at all
// becomes the earliest.
func seconds(t time.Time) int64 { return min(max(t.Unix(), minTime), maxTime) }

// appendTime appends the extra field with the time of modification.
func appendTime(b []byte, t time.Time) []byte {
	b = le.AppendUint16(b, extraTime)
	b = le.AppendUint16(b, timeSize-4)
	b = append(b, 1) // what follows: the time of modification
	return le.AppendUint32(b, uint32(seconds(t)))
}

// appendDOSTime appends time and date in steps of two seconds.
func appendDOSTime(b []byte, t time.Time) []byte {
	t = time.Unix(seconds(t), 0).UTC()
	b = le.AppendUint16(b, uint16(t.Hour()<<11|t.Minute()<<5|t.Second()/2))
	return le.AppendUint16(b, uint16((t.Year()-1980)<<9|int(t.Month())<<5|t.Day()))
}
