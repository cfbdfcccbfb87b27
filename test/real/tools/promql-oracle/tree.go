package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// treePrinter prints an expression as JSON that depends on its structure alone: no positions, one
// form for each value. Two queries mean the same to the engine when their printed trees are equal.
// `by ()` and no grouping, `ignoring ()` and no matching are told apart nowhere in the engine, and
// not here.
type treePrinter struct {
	// leftOut, when set, gives the index of the matcher of a selector that is not printed, or -1.
	leftOut func([]*labels.Matcher) int
}

func (p treePrinter) append(out []byte, node parser.Expr) []byte {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return p.appendVectorSelector(out, n)
	case *parser.MatrixSelector:
		out = append(out, `{"kind":"MatrixSelector","range":`...)
		out = p.appendDuration(out, n.Range, n.RangeExpr)
		out = append(out, `,"expr":`...)
		out = p.append(out, n.VectorSelector)
	case *parser.SubqueryExpr:
		return p.appendSubquery(out, n)
	case *parser.AggregateExpr:
		return p.appendAggregation(out, n)
	case *parser.BinaryExpr:
		return p.appendBinary(out, n)
	case *parser.Call:
		out = append(out, `{"kind":"Call","func":`...)
		out = appendString(out, n.Func.Name)
		out = append(out, `,"args":[`...)
		for i, arg := range n.Args {
			if i > 0 {
				out = append(out, ',')
			}
			out = p.append(out, arg)
		}
		out = append(out, ']')
	case *parser.ParenExpr:
		out = append(out, `{"kind":"ParenExpr","expr":`...)
		out = p.append(out, n.Expr)
	case *parser.UnaryExpr:
		out = append(out, `{"kind":"UnaryExpr","op":"`...)
		out = append(out, n.Op.String()...)
		out = append(out, `","expr":`...)
		out = p.append(out, n.Expr)
	case *parser.NumberLiteral:
		out = append(out, `{"kind":"NumberLiteral","value":`...)
		out = appendNumber(out, n.Val)
		if n.Duration {
			out = append(out, `,"duration":true`...)
		}
	case *parser.StringLiteral:
		out = append(out, `{"kind":"StringLiteral","value":`...)
		out = appendString(out, n.Val)
	case *parser.DurationExpr:
		return p.appendDurationExpr(out, n)
	default:
		panic(fmt.Sprintf("promql-oracle: no printed form for a node of type %T", node))
	}
	return append(out, '}')
}

func (p treePrinter) appendVectorSelector(out []byte, n *parser.VectorSelector) []byte {
	out = append(out, `{"kind":"VectorSelector","name":`...)
	out = appendString(out, n.Name)
	out = append(out, `,"matchers":`...)
	out = p.appendMatchers(out, n.LabelMatchers, matcherTuple)
	out = p.appendTimes(out, n.OriginalOffset, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd)
	if n.Anchored {
		out = append(out, `,"anchored":true`...)
	}
	if n.Smoothed {
		out = append(out, `,"smoothed":true`...)
	}
	if n.BypassEmptyMatcherCheck {
		out = append(out, `,"labelsOnly":true`...)
	}
	return append(out, '}')
}

func (p treePrinter) appendSubquery(out []byte, n *parser.SubqueryExpr) []byte {
	out = append(out, `{"kind":"SubqueryExpr","range":`...)
	out = p.appendDuration(out, n.Range, n.RangeExpr)
	if n.Step != 0 || n.StepExpr != nil {
		out = append(out, `,"step":`...)
		out = p.appendDuration(out, n.Step, n.StepExpr)
	}
	out = p.appendTimes(out, n.OriginalOffset, n.OriginalOffsetExpr, n.Timestamp, n.StartOrEnd)
	out = append(out, `,"expr":`...)
	out = p.append(out, n.Expr)
	return append(out, '}')
}

func (p treePrinter) appendAggregation(out []byte, n *parser.AggregateExpr) []byte {
	out = append(out, `{"kind":"AggregateExpr","op":"`...)
	out = append(out, n.Op.String()...)
	if n.Without {
		out = append(out, `","without":`...)
	} else {
		out = append(out, `","by":`...)
	}
	out = appendStrings(out, n.Grouping)
	if n.Param != nil {
		out = append(out, `,"param":`...)
		out = p.append(out, n.Param)
	}
	out = append(out, `,"expr":`...)
	out = p.append(out, n.Expr)
	return append(out, '}')
}

func (p treePrinter) appendBinary(out []byte, n *parser.BinaryExpr) []byte {
	out = append(out, `{"kind":"BinaryExpr","op":"`...)
	out = append(out, n.Op.String()...)
	out = append(out, '"')
	if n.ReturnBool {
		out = append(out, `,"bool":true`...)
	}
	if m := n.VectorMatching; m != nil {
		out = append(out, `,"card":"`...)
		out = append(out, m.Card.String()...)
		if m.On {
			out = append(out, `","on":`...)
		} else {
			out = append(out, `","ignoring":`...)
		}
		out = appendStrings(out, m.MatchingLabels)
		out = append(out, `,"include":`...)
		out = appendStrings(out, m.Include)
		if m.FillValues.LHS != nil {
			out = append(out, `,"fillLeft":`...)
			out = appendNumber(out, *m.FillValues.LHS)
		}
		if m.FillValues.RHS != nil {
			out = append(out, `,"fillRight":`...)
			out = appendNumber(out, *m.FillValues.RHS)
		}
	}
	out = append(out, `,"lhs":`...)
	out = p.append(out, n.LHS)
	out = append(out, `,"rhs":`...)
	out = p.append(out, n.RHS)
	return append(out, '}')
}

func (p treePrinter) appendDurationExpr(out []byte, n *parser.DurationExpr) []byte {
	out = append(out, `{"kind":"DurationExpr","op":"`...)
	out = append(out, n.Op.String()...)
	out = append(out, '"')
	if n.Wrapped {
		out = append(out, `,"wrapped":true`...)
	}
	if n.LHS != nil {
		out = append(out, `,"lhs":`...)
		out = p.append(out, n.LHS)
	}
	if n.RHS != nil {
		out = append(out, `,"rhs":`...)
		out = p.append(out, n.RHS)
	}
	return append(out, '}')
}

func (p treePrinter) appendTimes(
	out []byte, offset time.Duration, expr *parser.DurationExpr, at *int64, edge parser.ItemType,
) []byte {
	if offset != 0 || expr != nil {
		out = append(out, `,"offset":`...)
		out = p.appendDuration(out, offset, expr)
	}
	if at != nil {
		out = append(out, `,"atMs":`...)
		out = strconv.AppendInt(out, *at, 10)
	}
	if edge != 0 {
		out = append(out, `,"at":"`...)
		out = append(out, edge.String()...)
		out = append(out, '"')
	}
	return out
}

// appendDuration prints Go's notation, which is exact, or the expression it is computed from.
func (p treePrinter) appendDuration(out []byte, d time.Duration, expr *parser.DurationExpr) []byte {
	if expr != nil {
		return p.appendDurationExpr(out, expr)
	}
	out = append(out, '"')
	out = append(out, d.String()...)
	return append(out, '"')
}

type matcherForm int

const (
	matcherTuple matcherForm = iota
	matcherObject
)

func (p treePrinter) appendMatchers(out []byte, all []*labels.Matcher, form matcherForm) []byte {
	left := -1
	if p.leftOut != nil {
		left = p.leftOut(all)
	}
	out = append(out, '[')
	first := true
	for i, m := range all {
		if i == left {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		if form == matcherObject {
			out = append(out, `{"name":`...)
			out = appendString(out, m.Name)
			out = append(out, `,"op":"`...)
			out = append(out, m.Type.String()...)
			out = append(out, `","value":`...)
			out = appendString(out, m.Value)
			out = append(out, '}')
			continue
		}
		out = append(out, '[')
		out = appendString(out, m.Name)
		out = append(out, `,"`...)
		out = append(out, m.Type.String()...)
		out = append(out, `",`...)
		out = appendString(out, m.Value)
		out = append(out, ']')
	}
	return append(out, ']')
}
