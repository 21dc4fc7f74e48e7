/**
 * Endpoints that take the events which SDKs send on their own. To add a service, add its hosts, the paths that take events
 * (not those that answer a question), and the answer that it gives.
 */

export interface EventEndpoint {
  /** The whole host name, lower case. */
  readonly host: RegExp
  /** The whole path. */
  readonly path: RegExp
  /** @defaultValue POST */
  readonly methods?: readonly string[]
  readonly status: number
  /** JSON. Absent: an empty body. */
  readonly body?: string
}

const DATADOG = String.raw`(?:[a-z0-9-]+\.)*(?:datadoghq\.(?:com|eu)|ddog-gov\.com)`

export const EVENT_ENDPOINTS: readonly EventEndpoint[] = [
  // OpenAI: the traces of the Agents SDK.
  { host: /^api\.openai\.com$/, path: /^\/v1\/traces\/ingest$/, status: 204 },
  // Anthropic: the events of Claude's CLI.
  { host: /^api\.anthropic\.com$/, path: /^\/api\/event_logging(?:\/.*)?$/, status: 200, body: '{}' },
  // Statsig: events, not the evaluation of flags.
  {
    host: /^(?:statsig\.anthropic\.com|api\.statsig\.com|events\.statsigapi\.net|statsigapi\.net|prodregistryv2\.org)$/,
    path: /^\/v1\/(?:rgstr|log_event|sdk_exception)$/,
    status: 202,
    body: '{"success":true}',
  },
  // LangSmith: runs, which are queried at `/runs/query`.
  {
    host: /^(?:[a-z0-9-]+\.)?api\.smith\.langchain\.com$/,
    path: /^(?:\/api\/v1)?\/runs(?:\/(?:batch|multipart))?$/,
    status: 202,
    body: '{}',
  },
  {
    host: /^(?:[a-z0-9-]+\.)?api\.smith\.langchain\.com$/,
    path: /^(?:\/api\/v1)?\/runs\/[0-9a-f-]{36}$/,
    methods: ['PATCH'],
    status: 202,
    body: '{}',
  },
  // Langfuse
  {
    host: /^(?:[a-z]+\.)?cloud\.langfuse\.com$/,
    path: /^\/api\/public\/ingestion$/,
    status: 207,
    body: '{"successes":[],"errors":[]}',
  },
  // PostHog: events, not flags.
  {
    host: /^(?:(?:app|us|eu)(?:\.i)?\.posthog\.com)$/,
    path: /^\/(?:batch|capture|e|i\/v0\/(?:e|ai)|track|engage|s)\/?$/,
    status: 200,
    body: '{"status":"Ok"}',
  },
  // Sentry
  {
    host: /^(?:[a-z0-9-]+\.)*ingest(?:\.[a-z]{2})?\.sentry\.io$/,
    path: /^\/api\/\d+\/(?:envelope|store|security|minidump)\/?$/,
    status: 200,
    body: '{}',
  },
  // Datadog: intakes, and the agent on its own port.
  {
    host: new RegExp(
      `^(?:http-intake\\.logs|trace\\.agent|instrumentation-telemetry-intake|all-http-intake\\.logs|[a-z0-9-]*intake[a-z0-9-]*)\\.${DATADOG}$`,
    ),
    path: /^\/(?:api\/v2\/[a-z]+|v1\/input(?:\/.*)?|api\/v0\.2\/(?:traces|stats))$/,
    status: 202,
    body: '{}',
  },
  {
    host: new RegExp(`^api\\.${DATADOG}$`),
    path: /^\/api\/(?:v[12]\/(?:series|distribution_points|llmobs|apmtelemetry)|intake\/.+)$/,
    status: 202,
    body: '{"status":"ok"}',
  },
  // Segment
  {
    host: /^(?:api\.segment\.io|events\.eu1\.segmentapis\.com)$/,
    path: /^\/v1\/(?:batch|track|identify|page|screen|group|alias|import|b|t|i|p|s|g|a|m)$/,
    status: 200,
    body: '{"success":true}',
  },
  // Mixpanel
  {
    host: /^api(?:-eu|-in)?\.mixpanel\.com$/,
    path: /^\/(?:track|import|engage|groups)\/?$/,
    status: 200,
    body: '1',
  },
  // Amplitude
  {
    host: /^api2?(?:\.eu)?\.amplitude\.com$/,
    path: /^\/(?:2\/httpapi|batch|identify|httpapi)$/,
    status: 200,
    body: '{"code":200}',
  },
  // Azure Application Insights
  {
    host: /^(?:dc\.services\.visualstudio\.com|(?:[a-z0-9-]+\.)*(?:in|livediagnostics)\.applicationinsights\.azure\.com)$/,
    path: /^\/v2(?:\.1)?\/track$/,
    status: 200,
    body: '{"itemsReceived":0,"itemsAccepted":0,"errors":[]}',
  },
  // Next.js
  {
    host: /^telemetry\.nextjs\.org$/,
    path: /^\/api\/v1\/record$/,
    status: 200,
    body: '{}',
  },
]

/** The trace intake of Datadog's agent, which runs beside the program. */
export const AGENT_PORT = '8126'
export const AGENT_PATH =
  /^\/(?:v0\.[0-9]+\/(?:traces|stats)|telemetry\/proxy\/.*|profiling\/v1\/input|evp_proxy\/v\d\/.*|debugger\/v\d\/.*)$/
