import type { DemoInstallation } from './installation.ts';

/** Prints how the demo differs from the manifests, and what to try. */
export function printGuide(installation: DemoInstallation, say: (line: string) => void): void {
  const { configs, frontendUrl, tenants } = installation;
  say('\nThe frontend runs the code and the configuration of the manifests, but for:');
  for (const path of installation.differences) {
    say(`  ${path}: ${valueAt(configs.synthesised, path)} -> ${valueAt(configs.running, path)}`);
  }
  say('\nAsk as either tenant:');
  for (const { namespace, token } of tenants) {
    say(`\n  # ${namespace}`);
    const query = `${frontendUrl}/namespaces/${namespace}/api/v1/query`;
    say(`  curl -s -H 'Authorization: Bearer ${token}' '${query}?query=shop_orders_total'`);
  }
  const [a, b] = tenants;
  say(`\n  # ${a.namespace} asks for ${b.namespace}: 403`);
  say(
    `  curl -s -H 'Authorization: Bearer ${a.token}' '${frontendUrl}/namespaces/${b.namespace}/api/v1/query?query=shop_orders_total'`,
  );
  say(`\nA Grafana data source for ${a.namespace}:\n`);
  say(grafanaDataSource(installation));
  say(`Metrics of the frontend: ${installation.operationsUrl}/metrics`);
  say(`Prometheus itself, where both tenants' series are: ${installation.prometheusUrl}`);
  say('\nCtrl-C ends everything.');
}

function grafanaDataSource({ frontendUrl, tenants: [tenant] }: DemoInstallation): string {
  return [
    '  apiVersion: 1',
    '  datasources:',
    `    - name: ${tenant.namespace}`,
    '      type: prometheus',
    '      access: proxy',
    `      url: ${frontendUrl}/namespaces/${tenant.namespace}/`,
    '      jsonData:',
    '        httpMethod: POST',
    '        manageAlerts: false',
    '        httpHeaderName1: Authorization',
    '      secureJsonData:',
    `        httpHeaderValue1: Bearer ${tenant.token}`,
    '',
  ].join('\n');
}

function valueAt(document: unknown, path: string): string {
  let value: unknown = document;
  for (const name of path.split('.')) {
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  }
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
