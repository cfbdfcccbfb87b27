// Command api-client asks a Prometheus API everything that the client library of Prometheus can
// ask, the way programs in Go do, and prints what the library made of each answer: one JSON line for
// each call. A call that fails is an outcome as well; only a wrong command line is an error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// callTimeout bounds one call, its fallback included.
const callTimeout = 30 * time.Second

// outcome is a line of the output.
type outcome struct {
	Call     string      `json:"call"`
	Data     any         `json:"data"`
	Warnings v1.Warnings `json:"warnings"`
	// Error is what a program would print, and Detail the body that the library kept for a status
	// that the API of Prometheus does not have.
	Error  string `json:"error"`
	Detail string `json:"detail"`
	// Requests has the method and the status of each request the call took.
	Requests []string `json:"requests"`
}

func main() {
	address := flag.String("url", "", "the server, with the path that stands before /api")
	tokenFile := flag.String("token-file", "", "a file with a bearer token; without it none is sent")
	caFile := flag.String("ca-file", "", "certificates, as PEM, that vouch for the server")
	var q question
	flag.StringVar(&q.query, "query", "", "the expression of the queries")
	flag.StringVar(&q.match, "match", "", "the selector of series, labels and rules")
	flag.StringVar(&q.label, "label", "", "the label whose values are listed")
	flag.Func("start", "begin of the range, in seconds since 1970", seconds(&q.span.Start))
	flag.Func("end", "end of the range and time of the query", seconds(&q.span.End))
	flag.DurationVar(&q.span.Step, "step", 15*time.Second, "step of the range")
	flag.Parse()

	requests := &recorder{}
	client, err := connect(*address, *tokenFile, *caFile, requests)
	if err != nil {
		fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	for _, c := range calls(client, &q) {
		if err := out.Encode(perform(c, requests)); err != nil {
			fatal(err)
		}
	}
}

// connect makes a client as the documentation of the library shows it for a bearer token.
func connect(address, tokenFile, caFile string, requests *recorder) (v1.API, error) {
	transport, err := bearerTransport(tokenFile, caFile)
	if err != nil {
		return nil, err
	}
	requests.next = transport
	client, err := api.NewClient(api.Config{Address: address, RoundTripper: requests})
	if err != nil {
		return nil, err
	}
	return v1.NewAPI(client), nil
}

func perform(c call, requests *recorder) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	requests.seen = []string{}
	data, warnings, err := c.ask(ctx)
	result := outcome{Call: c.name, Data: data, Warnings: warnings, Requests: requests.seen}
	if err != nil {
		// What the library gives beside an error is an empty value.
		result.Data, result.Error = nil, err.Error()
		var apiError *v1.Error
		if errors.As(err, &apiError) {
			result.Detail = apiError.Detail
		}
	}
	return result
}

// recorder notes what the library sends: it repeats some requests in another way.
type recorder struct {
	next http.RoundTripper
	seen []string
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err == nil {
		r.seen = append(r.seen, request.Method+" "+strconv.Itoa(response.StatusCode))
	}
	return response, err
}

func seconds(to *time.Time) func(string) error {
	return func(text string) error {
		count, err := strconv.ParseInt(text, 10, 64)
		*to = time.Unix(count, 0)
		return err
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "api-client:", err)
	os.Exit(1)
}
