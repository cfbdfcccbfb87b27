package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/api"
	"github.com/prometheus/common/config"
)

// bearerTransport is the library's own transport, with a token in each request and a certificate
// authority of the caller's where files for them are named.
func bearerTransport(tokenFile, caFile string) (http.RoundTripper, error) {
	transport := api.DefaultRoundTripper.(*http.Transport).Clone()
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", caFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	if tokenFile == "" {
		return transport, nil
	}
	token := config.NewFileSecret(tokenFile)
	return config.NewAuthorizationCredentialsRoundTripper("Bearer", token, transport), nil
}
