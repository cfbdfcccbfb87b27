// Command promql-oracle says what Prometheus' own parser makes of PromQL queries.
//
// It reads one JSON request per line and writes one JSON answer per line, in the same order, until
// its input ends. The forms of requests and answers are in judge.go.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/prometheus/promql/parser"
)

// maxBatchLines bounds how many requests one goroutine answers before it hands them to the writer.
const maxBatchLines = 256

func main() {
	var options parser.Options
	flag.BoolVar(&options.EnableExperimentalFunctions, "experimental-functions", false,
		"accept what a server accepts with --enable-feature=promql-experimental-functions")
	// The server of this version has no switch for these: cmd/prometheus/main.go turns them on.
	flag.BoolVar(&options.ExperimentalDurationExpr, "duration-expr", true,
		"accept duration expressions, as the server always does")
	flag.BoolVar(&options.EnableExtendedRangeSelectors, "extended-range-selectors", false,
		"accept what a server accepts with --enable-feature=promql-extended-range-selectors")
	flag.BoolVar(&options.EnableBinopFillModifiers, "binop-fill-modifiers", false,
		"accept what a server accepts with --enable-feature=promql-binop-fill-modifiers")
	seriesSelectors := flag.Bool("series-selectors", false,
		"read each query as the server reads a match[] parameter, not as an expression")
	functions := flag.Bool("functions", false, "print the parser's functions and words, then exit")
	flag.Parse()

	if *functions {
		if err := json.NewEncoder(os.Stdout).Encode(describeLanguage()); err != nil {
			fatal(err)
		}
		return
	}
	// What is live is small and garbage is plenty, so collecting it less often is cheap and pays.
	debug.SetGCPercent(400)
	j := judge{parser: parser.NewParser(options), seriesSelectors: *seriesSelectors}
	if err := serve(&j, os.Stdin, os.Stdout); err != nil {
		fatal(err)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "promql-oracle:", err)
	os.Exit(1)
}

// serve answers in batches: whatever lines have already arrived are answered together, so that a
// lone request is answered at once and a flood costs few system calls.
func serve(j *judge, in io.Reader, out io.Writer) error {
	pending := make(chan chan []byte, 2*runtime.GOMAXPROCS(0))
	written := make(chan error, 1)
	go func() { written <- writeInOrder(out, pending) }()

	reader := bufio.NewReaderSize(in, 1<<18)
	for {
		lines, err := readBatch(reader)
		if len(lines) > 0 {
			answer := make(chan []byte, 1)
			pending <- answer
			go func() { answer <- j.answerAll(lines) }()
		}
		if err == io.EOF {
			close(pending)
			return <-written
		}
		if err != nil {
			return err
		}
	}
}

// readBatch waits for one line, then takes those that can be had without waiting.
func readBatch(reader *bufio.Reader) ([][]byte, error) {
	var lines [][]byte
	for len(lines) < maxBatchLines {
		line, err := reader.ReadBytes('\n')
		if len(line) > 1 {
			lines = append(lines, line)
		}
		if err != nil {
			return lines, err
		}
		if !hasLine(reader) {
			break
		}
	}
	return lines, nil
}

func hasLine(reader *bufio.Reader) bool {
	buffered, _ := reader.Peek(reader.Buffered())
	for _, b := range buffered {
		if b == '\n' {
			return true
		}
	}
	return false
}

func writeInOrder(out io.Writer, pending <-chan chan []byte) error {
	writer := bufio.NewWriterSize(out, 1<<18)
	for answer := range pending {
		if _, err := writer.Write(<-answer); err != nil {
			return err
		}
		if len(pending) == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
	return writer.Flush()
}
