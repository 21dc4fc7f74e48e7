/** Makes one request and swallows its error. */
await fetch(process.env['TARGET'] ?? '').catch(() => {})
