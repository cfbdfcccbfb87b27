// Command network-oracle says which connections network policies let through, as judged by the
// simulator of cyclonus, a program that tests network plugins. It reads questions as JSON, one after
// the other, and prints a line with the answers to each.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// question is some policies, and the connections to be judged by them.
type question struct {
	Policies    []*networkingv1.NetworkPolicy `json:"policies"`
	Nodes       []node                        `json:"nodes"`
	Connections []connection                  `json:"connections"`
}

// connection is one between two of the nodes, by their places in the list.
type connection struct {
	From     int         `json:"from"`
	To       int         `json:"to"`
	Port     int         `json:"port"`
	Protocol v1.Protocol `json:"protocol"`
}

// node is an address, and the pod that has it, if any has.
type node struct {
	Address string `json:"address"`
	Pod     *pod   `json:"pod"`
}

type pod struct {
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	Labels          map[string]string `json:"labels"`
	Ports           map[string]int    `json:"ports"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	in.DisallowUnknownFields()
	for {
		var q question
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fatal(err)
		}
		if err := out.Encode(answer(&q)); err != nil {
			fatal(err)
		}
	}
}

// answer says of each connection whether it is let through.
func answer(q *question) []bool {
	// Not simplified: the rules are judged as they are written.
	policy := matcher.BuildNetworkPolicies(false, q.Policies)
	allowed := make([]bool, len(q.Connections))
	for i, c := range q.Connections {
		from, to := q.Nodes[c.From], q.Nodes[c.To]
		allowed[i] = policy.IsTrafficAllowed(&matcher.Traffic{
			Source:           from.peer(),
			Destination:      to.peer(),
			ResolvedPort:     c.Port,
			ResolvedPortName: to.portName(c.Port),
			Protocol:         c.Protocol,
		}).IsAllowed()
	}
	return allowed
}

func (n node) peer() *matcher.TrafficPeer {
	if n.Pod == nil {
		return &matcher.TrafficPeer{IP: n.Address}
	}
	return &matcher.TrafficPeer{IP: n.Address, Internal: &matcher.InternalPeer{
		PodLabels:       n.Pod.Labels,
		NamespaceLabels: n.Pod.NamespaceLabels,
		Namespace:       n.Pod.Namespace,
	}}
}

// portName is what the pod calls a port of its own, or nothing.
func (n node) portName(port int) string {
	if n.Pod != nil {
		for name, number := range n.Pod.Ports {
			if number == port {
				return name
			}
		}
	}
	return ""
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "network-oracle:", err)
	os.Exit(1)
}
