// What changes least in the bundle with a web UI: the same, and the proxy library.
export * from './shared.ts';
export { createProxiedFiles } from '../adapters/web-ui/proxied-files.ts';
