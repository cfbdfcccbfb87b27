package main

import (
	"context"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// question is what the calls ask for.
type question struct {
	query, match, label string
	span                v1.Range
}

// call is a function of the library, by its name there.
type call struct {
	name string
	ask  func(context.Context) (any, v1.Warnings, error)
}

// calls lists every function of the library that asks something, and those that change something.
func calls(client v1.API, q *question) []call {
	matches := []string{q.match}
	start, end := q.span.Start, q.span.End
	return []call{
		{"Query", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.Query(ctx, q.query, end))
		}},
		{"QueryRange", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.QueryRange(ctx, q.query, q.span))
		}},
		{"QueryWithOptions", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.Query(ctx, q.query, end, v1.WithTimeout(10*time.Second),
				v1.WithLookbackDelta(time.Minute), v1.WithStats(v1.AllStatsValue), v1.WithLimit(1)))
		}},
		{"Series", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.Series(ctx, matches, start, end))
		}},
		{"LabelNames", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.LabelNames(ctx, nil, start, end))
		}},
		{"LabelNamesOfMatch", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.LabelNames(ctx, matches, start, end))
		}},
		{"LabelValues", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.LabelValues(ctx, q.label, nil, start, end))
		}},
		{"LabelValuesOfMatch", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.LabelValues(ctx, q.label, matches, start, end))
		}},
		{"LabelValuesOfAllTime", func(ctx context.Context) (any, v1.Warnings, error) {
			return withWarnings(client.LabelValues(ctx, q.label, nil, time.Time{}, time.Time{}))
		}},
		{"QueryExemplars", func(ctx context.Context) (any, v1.Warnings, error) {
			// Exemplars are as old as the last scrapes.
			now := time.Now()
			return withoutWarnings(client.QueryExemplars(ctx, q.query, now.Add(-time.Hour), now))
		}},
		{"FormatQuery", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.FormatQuery(ctx, q.query))
		}},
		{"Rules", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Rules(ctx, nil))
		}},
		{"RulesOfMatch", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Rules(ctx, []string{`{severity="page"}`}))
		}},
		{"Alerts", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Alerts(ctx))
		}},
		{"Metadata", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Metadata(ctx, "", ""))
		}},
		{"Buildinfo", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Buildinfo(ctx))
		}},
		{"AlertManagers", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.AlertManagers(ctx))
		}},
		{"Config", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Config(ctx))
		}},
		{"Flags", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Flags(ctx))
		}},
		{"Runtimeinfo", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Runtimeinfo(ctx))
		}},
		{"Targets", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Targets(ctx))
		}},
		{"TargetsMetadata", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.TargetsMetadata(ctx, "", "", ""))
		}},
		{"TSDB", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.TSDB(ctx))
		}},
		{"TSDBBlocks", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.TSDBBlocks(ctx))
		}},
		{"WalReplay", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.WalReplay(ctx))
		}},
		{"Snapshot", func(ctx context.Context) (any, v1.Warnings, error) {
			return withoutWarnings(client.Snapshot(ctx, true))
		}},
		{"DeleteSeries", func(ctx context.Context) (any, v1.Warnings, error) {
			return nil, nil, client.DeleteSeries(ctx, matches, start, end)
		}},
		{"CleanTombstones", func(ctx context.Context) (any, v1.Warnings, error) {
			return nil, nil, client.CleanTombstones(ctx)
		}},
	}
}

func withWarnings[T any](data T, warnings v1.Warnings, err error) (any, v1.Warnings, error) {
	return data, warnings, err
}

func withoutWarnings[T any](data T, err error) (any, v1.Warnings, error) {
	return data, nil, err
}
