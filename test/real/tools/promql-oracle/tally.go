package main

import (
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"
)

// tally counts what occurs in an expression, by names such as "node:Call", "func:rate", "agg:topk",
// "mod:offset" and "op:+", so that a test can say which parts of the language its queries reach.
type tally map[string]int

// MarshalJSON spares the encoder's reflection, which costs as much as parsing a query.
func (t tally) MarshalJSON() ([]byte, error) { return t.append(nil), nil }

func (t tally) append(out []byte) []byte {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	out = append(out, '{')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, name)
		out = append(out, ':')
		out = strconv.AppendInt(out, int64(t[name]), 10)
	}
	return append(out, '}')
}

func tallyOf(expr parser.Expr) tally {
	t := tally{}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		t.count(node)
		return nil
	})
	return t
}

func (t tally) count(node parser.Node) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		t["node:VectorSelector"]++
		t.countMatchers(n)
		t.countTimes(n.OriginalOffset != 0, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd)
		t.countIf(n.Anchored, "mod:anchored")
		t.countIf(n.Smoothed, "mod:smoothed")
	case *parser.MatrixSelector:
		t["node:MatrixSelector"]++
		t.countDuration("dur:range", n.RangeExpr)
	case *parser.SubqueryExpr:
		t["node:SubqueryExpr"]++
		t.countIf(n.Step != 0 || n.StepExpr != nil, "mod:step")
		t.countDuration("dur:range", n.RangeExpr)
		t.countDuration("dur:step", n.StepExpr)
		t.countTimes(n.OriginalOffset != 0, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd)
	case *parser.AggregateExpr:
		t["node:AggregateExpr"]++
		t["agg:"+n.Op.String()]++
		t.countIf(n.Without, "mod:without")
		t.countIf(!n.Without && n.Grouping != nil, "mod:by")
	case *parser.BinaryExpr:
		t["node:BinaryExpr"]++
		t["op:"+n.Op.String()]++
		t.countIf(n.ReturnBool, "mod:bool")
		t.countMatching(n.VectorMatching)
	case *parser.Call:
		t["node:Call"]++
		t["func:"+n.Func.Name]++
	case *parser.UnaryExpr:
		t["node:UnaryExpr"]++
		t["unary:"+n.Op.String()]++
	case *parser.ParenExpr:
		t["node:ParenExpr"]++
	case *parser.NumberLiteral:
		t["node:NumberLiteral"]++
		t.countIf(n.Duration, "literal:duration")
	case *parser.StringLiteral:
		t["node:StringLiteral"]++
	}
}

func (t tally) countIf(occurs bool, name string) {
	if occurs {
		t[name]++
	}
}

func (t tally) countMatchers(n *parser.VectorSelector) {
	t.countIf(n.Name != "", "name:outside")
	for _, m := range n.LabelMatchers {
		t["matcher:"+m.Type.String()]++
	}
}

func (t tally) countTimes(
	hasOffset bool, expr *parser.DurationExpr, at *int64, edge parser.ItemType,
) {
	t.countIf(hasOffset || expr != nil, "mod:offset")
	t.countDuration("dur:offset", expr)
	t.countIf(at != nil || edge != 0, "mod:@")
	t.countIf(edge == parser.START, "mod:@start")
	t.countIf(edge == parser.END, "mod:@end")
}

// countDuration counts the expression and what it is made of: Inspect does not visit these.
func (t tally) countDuration(place string, expr *parser.DurationExpr) {
	if expr != nil {
		t[place]++
		t.countDurationNodes(expr)
	}
}

func (t tally) countDurationNodes(expr parser.Expr) {
	if n, ok := expr.(*parser.DurationExpr); ok {
		t["node:DurationExpr"]++
		t["durop:"+n.Op.String()]++
		t.countDurationNodes(n.LHS)
		t.countDurationNodes(n.RHS)
	}
}

func (t tally) countMatching(m *parser.VectorMatching) {
	if m == nil {
		return
	}
	t.countIf(m.On, "mod:on")
	t.countIf(!m.On && m.MatchingLabels != nil, "mod:ignoring")
	t.countIf(m.Card == parser.CardManyToOne, "mod:group_left")
	t.countIf(m.Card == parser.CardOneToMany, "mod:group_right")
	t.countIf(m.FillValues.LHS != nil, "mod:fill_left")
	t.countIf(m.FillValues.RHS != nil, "mod:fill_right")
}
