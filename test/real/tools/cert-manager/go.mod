module prometheus-tenancy-kit/test/real/tools/cert-manager

go 1.26.0

require github.com/cert-manager/cert-manager v1.21.2 // indirect

tool github.com/cert-manager/cert-manager/pkg/apis/certmanager
