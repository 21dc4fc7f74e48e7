import type { CommandEntry } from './command.ts'

/** The summary of each command, and how to load its file. A file is loaded only when its command is called. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'set up a project for cassette',
    load: () => import('./commands/init.ts').then(({ init }) => init),
  },
  run: {
    summary: 'run a Node program and record or replay its requests, without changing it',
    load: () => import('./commands/run.ts').then(({ run }) => run),
  },
  proxy: {
    summary: 'record or replay programs in any language: a reverse proxy that they take for the API',
    load: () => import('./commands/proxy.ts').then(({ proxy }) => proxy),
  },
  list: {
    summary: 'list cassettes, a line each',
    load: () => import('./commands/list.ts').then(({ list }) => list),
  },
  show: {
    summary: 'show a cassette as conversations',
    load: () => import('./commands/show.ts').then(({ show }) => show),
  },
  stats: {
    summary: 'count interactions, tokens, and what each replay saves',
    load: () => import('./commands/stats.ts').then(({ stats }) => stats),
  },
  lint: {
    summary: 'find what is worth a look: stale, incomplete, errors, volatile text',
    load: () => import('./commands/lint.ts').then(({ lint }) => lint),
  },
  scan: {
    summary: 'find secrets in cassettes',
    load: () => import('./commands/scan.ts').then(({ scan }) => scan),
  },
  import: {
    summary: 'import recordings of other tools: vcrpy, HAR, nock, Polly, mitmproxy and others',
    load: () => import('./commands/import.ts').then(({ importCommand }) => importCommand),
  },
  delete: {
    summary: 'remove interactions from a cassette',
    load: () => import('./commands/delete.ts').then(({ deleteCommand }) => deleteCommand),
  },
  clear: {
    summary: 'remove all interactions of a cassette, or those of a match key',
    load: () => import('./commands/clear.ts').then(({ clear }) => clear),
  },
  prune: {
    summary: 'remove what is of no use: duplicates, stale recordings, errors',
    load: () => import('./commands/prune.ts').then(({ prune }) => prune),
  },
  orphans: {
    summary: 'list cassettes whose test file is gone',
    load: () => import('./commands/orphans.ts').then(({ orphans }) => orphans),
  },
  mcp: {
    summary: 'answer questions of agents about cassettes, over the Model Context Protocol',
    load: () => import('./commands/mcp.ts').then(({ mcpOf }) => mcpOf(COMMANDS)),
  },
  completion: {
    summary: 'print the completion script for a shell',
    load: () => import('./commands/completion.ts').then(({ completionOf }) => completionOf(COMMANDS)),
  },
  rebase: {
    summary: 'replace the requests of recordings by missed requests, and keep the responses',
    load: () => import('./commands/rebase.ts').then(({ rebase }) => rebase),
  },
  diff: {
    summary: 'compare the recorded answers of two cassettes or folders',
    load: () => import('./commands/diff.ts').then(({ diff }) => diff),
  },
  gate: {
    summary: 'compare the recorded answers of two folders or revisions of git, for a pull request',
    load: () => import('./commands/gate.ts').then(({ gate }) => gate),
  },
  push: {
    summary: 'send cassettes to a registry',
    load: () => import('./commands/push.ts').then(({ push }) => push),
  },
  pull: {
    summary: 'get the cassettes of a ref from a registry',
    load: () => import('./commands/pull.ts').then(({ pull }) => pull),
  },
  promote: {
    summary: 'make a ref of a registry name the same cassettes as another one',
    load: () => import('./commands/promote.ts').then(({ promote }) => promote),
  },
  refs: {
    summary: 'list the refs of a registry',
    load: () => import('./commands/refs.ts').then(({ refs }) => refs),
  },
  log: {
    summary: 'show what was pushed to a ref of a registry',
    load: () => import('./commands/log.ts').then(({ log }) => log),
  },
  gc: {
    summary: 'remove from a registry what no ref needs',
    load: () => import('./commands/gc.ts').then(({ gc }) => gc),
  },
  annotate: {
    summary: 'fill in keys, a summary and metadata of older cassettes',
    load: () => import('./commands/annotate.ts').then(({ annotate }) => annotate),
  },
  serve: {
    summary: 'serve a registry over HTTP',
    load: () => import('./commands/serve.ts').then(({ serve }) => serve),
  },
  token: {
    summary: 'make, list and revoke the tokens of a served registry',
    load: () => import('./commands/token.ts').then(({ token }) => token),
  },
  migrate: {
    summary: 'ask another model every recorded prompt, and keep its answers',
    load: () => import('./commands/migrate.ts').then(({ migrate }) => migrate),
  },
  report: {
    summary: 'tell whether another model can replace the recorded one',
    load: () => import('./commands/report.ts').then(({ report }) => report),
  },
  export: {
    summary: 'write cassettes in the format of another tool',
    load: () => import('./commands/export.ts').then(({ exportCommand }) => exportCommand),
  },
}
