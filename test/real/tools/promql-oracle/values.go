package main

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

func appendStrings(out []byte, all []string) []byte {
	out = append(out, '[')
	for i, s := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, s)
	}
	return append(out, ']')
}

// appendNumber writes the shortest digits that read back as the same number. All NaN are one, the
// two zeros are two. JSON has no words for the infinite ones, so those are strings.
func appendNumber(out []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(out, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return strconv.AppendFloat(out, v, 'g', -1, 64)
}

// appendString writes a JSON string, or {"bytes":"<hex>"} for one that is not UTF-8 and that JSON
// would change.
func appendString(out []byte, s string) []byte {
	if isPlain(s) {
		out = append(out, '"')
		out = append(out, s...)
		return append(out, '"')
	}
	if !utf8.ValidString(s) {
		out = append(out, `{"bytes":"`...)
		out = hex.AppendEncode(out, []byte(s))
		return append(out, `"}`...)
	}
	encoded, err := json.Marshal(s)
	if err != nil {
		fatal(err)
	}
	return append(out, encoded...)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
