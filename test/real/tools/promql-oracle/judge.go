package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// judge answers requests. It keeps no state between them.
type judge struct {
	parser          parser.Parser
	seriesSelectors bool
}

// request is the second form of a request. The first is a bare JSON string, the query to describe.
type request struct {
	// Accepts asks only whether this query is one; nothing else is looked at then.
	Accepts *string `json:"accepts"`

	// Input and Output are a query and what it was rewritten to. The matcher Label Op Value is what
	// each selector of Output should have got in addition.
	Input  string `json:"input"`
	Output string `json:"output"`
	Label  string `json:"label"`
	Op     string `json:"op"`
	Value  string `json:"value"`
}

type refusal struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	// Pos is the byte offset in the query, as UTF-8, where the first error begins.
	Pos int `json:"pos"`
}

type comparison struct {
	InputOK     bool   `json:"inputOk"`
	InputError  string `json:"inputError"`
	OutputOK    bool   `json:"outputOk"`
	OutputError string `json:"outputError"`
	// SameTree says that Output, without one added matcher a selector, is structured as Input. Where
	// Input ends with that matcher, as far as its label goes, it is not to be added again.
	SameTree bool `json:"sameTree"`
	// Selectors counts the selectors of Output, Unscoped those without the added matcher.
	Selectors int `json:"selectors"`
	Unscoped  int `json:"unscoped"`
	// Kinds counts what occurs in Input.
	Kinds tally `json:"kinds"`
}

func (j *judge) answerAll(lines [][]byte) []byte {
	var out []byte
	for _, line := range lines {
		out = append(j.answer(out, line), '\n')
	}
	return out
}

func (j *judge) answer(out, line []byte) []byte {
	if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '"' {
		var query string
		mustDecode(line, &query)
		return j.describe(out, query)
	}
	var r request
	mustDecode(line, &r)
	if r.Accepts != nil {
		return j.accept(out, *r.Accepts)
	}
	return j.compare(out, r)
}

// describe appends {"ok":true,"type":…,"tree":…,"selectors":[…],"kinds":{…}} or a refusal.
func (j *judge) describe(out []byte, query string) []byte {
	expr, err := j.parse(query)
	if err != nil {
		return appendJSON(out, refusalOf(err))
	}
	out = append(out, `{"ok":true,"type":"`...)
	out = append(out, expr.Type()...)
	out = append(out, `","tree":`...)
	out = treePrinter{}.append(out, expr)
	out = append(out, `,"selectors":[`...)
	for i, vs := range selectorsOf(expr) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"name":`...)
		out = appendString(out, vs.Name)
		out = append(out, `,"matchers":`...)
		out = treePrinter{}.appendMatchers(out, vs.LabelMatchers, matcherObject)
		out = append(out, '}')
	}
	out = append(out, `],"kinds":`...)
	out = tallyOf(expr).append(out)
	return append(out, '}')
}

func (j *judge) accept(out []byte, query string) []byte {
	expr, err := j.parse(query)
	if err != nil {
		return appendJSON(out, refusalOf(err))
	}
	out = append(out, `{"ok":true,"type":"`...)
	out = append(out, expr.Type()...)
	return append(out, `"}`...)
}

func (j *judge) compare(out []byte, r request) []byte {
	var c comparison
	input, inputErr := j.parse(r.Input)
	output, outputErr := j.parse(r.Output)
	c.InputOK, c.InputError = inputErr == nil, messageOf(inputErr)
	c.OutputOK, c.OutputError = outputErr == nil, messageOf(outputErr)
	c.Kinds = tally{}
	if c.InputOK {
		c.Kinds = tallyOf(input)
	}
	if !c.OutputOK {
		return appendJSON(out, c)
	}
	added := addedMatcher{op: r.Op, name: r.Label, value: r.Value}
	for _, vs := range selectorsOf(output) {
		c.Selectors++
		if added.lastIn(vs.LabelMatchers) < 0 {
			c.Unscoped++
		}
	}
	if c.InputOK {
		c.SameTree = bytes.Equal(
			treePrinter{leftOut: added.sparedIn}.append(nil, input),
			treePrinter{leftOut: added.lastIn}.append(nil, output))
	}
	return appendJSON(out, c)
}

// parse reads a query through the same method as the handlers of the server's HTTP API.
func (j *judge) parse(query string) (parser.Expr, error) {
	if !j.seriesSelectors {
		return j.parser.ParseExpr(query)
	}
	matchers, err := j.parser.ParseMetricSelector(query)
	if err != nil {
		return nil, err
	}
	return &parser.VectorSelector{LabelMatchers: matchers}, nil
}

// selectorsOf relies on the parser's own traversal, not on the one in tree.go, so that a child
// forgotten there does not go unnoticed here.
func selectorsOf(expr parser.Expr) []*parser.VectorSelector {
	var found []*parser.VectorSelector
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if vs, ok := node.(*parser.VectorSelector); ok {
			found = append(found, vs)
		}
		return nil
	})
	return found
}

type addedMatcher struct{ name, op, value string }

// lastIn gives the index of the last matcher that equals this one, or -1.
func (a *addedMatcher) lastIn(matchers []*labels.Matcher) int {
	for i := len(matchers) - 1; i >= 0; i-- {
		m := matchers[i]
		if m.Name == a.name && m.Value == a.value && m.Type.String() == a.op {
			return i
		}
	}
	return -1
}

// sparedIn gives the index of the last matcher on the label, if it is the same equality as this one,
// or -1.
func (a *addedMatcher) sparedIn(matchers []*labels.Matcher) int {
	for i := len(matchers) - 1; i >= 0; i-- {
		m := matchers[i]
		if m.Name != a.name {
			continue
		}
		if m.Type == labels.MatchEqual && a.op == m.Type.String() && m.Value == a.value {
			return i
		}
		return -1
	}
	return -1
}

func refusalOf(err error) refusal {
	r := refusal{Error: err.Error()}
	var errs parser.ParseErrors
	if errors.As(err, &errs) && len(errs) > 0 {
		r.Pos = int(errs[0].PositionRange.Start)
	}
	return r
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// mustDecode ends the program on a malformed request: answers could no longer be told apart.
func mustDecode(line []byte, into any) {
	if err := json.Unmarshal(line, into); err != nil {
		fatal(fmt.Errorf("reading request %.200q: %w", line, err))
	}
}

func appendJSON(out []byte, value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		fatal(err)
	}
	return append(out, encoded...)
}
