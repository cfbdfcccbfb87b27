/** The headers that every answer has. Nothing of an upstream's headers is ever among them. */
export function answerHeaders(requestId: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    Vary: 'Authorization',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
  };
}
