package main

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// language is what the parser knows by name, each list sorted.
type language struct {
	Functions   []function   `json:"functions"`
	Aggregators []aggregator `json:"aggregators"`
	Operators   []string     `json:"operators"`
	Keywords    []string     `json:"keywords"`
}

type function struct {
	Name     string             `json:"name"`
	ArgTypes []parser.ValueType `json:"argTypes"`
	// Variadic is 0 for a fixed number of arguments, N when the last may be left out or given up to
	// N times, and -1 when it may be given any number of times.
	Variadic     int              `json:"variadic"`
	ReturnType   parser.ValueType `json:"returnType"`
	Experimental bool             `json:"experimental"`
}

type aggregator struct {
	Name         string `json:"name"`
	HasParam     bool   `json:"hasParam"`
	Experimental bool   `json:"experimental"`
}

func describeLanguage() language {
	l := language{Keywords: parser.Keywords()}
	for _, f := range parser.Functions {
		l.Functions = append(l.Functions, function{
			f.Name, append([]parser.ValueType{}, f.ArgTypes...), f.Variadic, f.ReturnType, f.Experimental,
		})
	}
	for item, word := range parser.ItemTypeStr {
		switch {
		case item.IsAggregator():
			l.Aggregators = append(l.Aggregators,
				aggregator{word, item.IsAggregatorWithParam(), item.IsExperimentalAggregator()})
		case item.IsOperator():
			l.Operators = append(l.Operators, word)
		}
	}
	slices.SortFunc(l.Functions, func(a, b function) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(l.Aggregators, func(a, b aggregator) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(l.Operators)
	slices.Sort(l.Keywords)
	return l
}
