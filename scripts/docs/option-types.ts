import {
  type InterfaceDeclaration,
  type JSDoc,
  Node,
  Project,
  type PropertySignature,
  SyntaxKind,
  type TypeAliasDeclaration,
} from 'ts-morph'

import { fromRoot } from './pages.ts'

/** Where the types of the options are declared. */
const FILES = [
  'src/session/options/options.ts',
  'src/session/options/websocket.ts',
  'src/session/options/hooks.ts',
  'src/redaction/options.ts',
]

/** One option, as its type and docstring say. */
export interface OptionDoc {
  /** `redact.headers` for a key of an options object. */
  readonly name: string
  /** As the source has it. */
  readonly type: string
  readonly text: string
  readonly defaultValue: string
  readonly examples: readonly string[]
  /** Pages of `docs/` to read on. */
  readonly see: readonly string[]
  /** The keys of an options object. */
  readonly keys: readonly OptionDoc[]
}

/** A named type that options have. */
interface TypeDoc {
  readonly name: string
  readonly source: string
}

export interface OptionTypes {
  readonly options: readonly OptionDoc[]
  readonly types: readonly TypeDoc[]
}

type Declaration = InterfaceDeclaration | TypeAliasDeclaration

/** Reads `CassetteOptions` and every type it names, by the compiler that ts-morph brings. */
export function readOptionTypes(sources: readonly string[] = FILES): OptionTypes {
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true })
  const files = sources.map((path) => project.addSourceFileAtPath(fromRoot(path)))
  const declared = new Map<string, Declaration>(
    files
      .flatMap((file) => [...file.getInterfaces(), ...file.getTypeAliases()])
      .map((one) => [one.getName(), one]),
  )
  const root = declared.get('CassetteOptions')
  if (!Node.isInterfaceDeclaration(root))
    throw new Error(`no interface CassetteOptions in ${sources.join(', ')}`)
  const options = root.getProperties().map((property) => optionOf(property, '', declared))
  const named = reachable(root, declared)
  const types = [...named]
    .filter((one) => !isOptions(one))
    .map((one) => ({ name: one.getName(), source: one.getText() }))
  return { options, types }
}

/** An object whose keys are options themselves. */
const isOptions = (one: Declaration | undefined): one is InterfaceDeclaration =>
  Node.isInterfaceDeclaration(one) && one.getName().endsWith('Options')

function optionOf(
  property: PropertySignature,
  prefix: string,
  declared: ReadonlyMap<string, Declaration>,
): OptionDoc {
  const name = `${prefix}${property.getName()}`
  const docs = property.getJsDocs()
  const tagged = (tag: string): string[] =>
    docs
      .flatMap((doc) => doc.getTags())
      .filter((one) => one.getTagName() === tag)
      .map((one) =>
        one
          .getText()
          .slice(`@${tag}`.length)
          .replaceAll(/^\s*\* ?/gm, '')
          .trim(),
      )
  const objects = namesIn(property)
    .map((type) => declared.get(type))
    .filter(isOptions)
  return {
    name,
    type: property.getTypeNode()?.getText() ?? '',
    text: docs.map(textOf).join('\n\n'),
    defaultValue: tagged('defaultValue').join(' '),
    examples: tagged('example'),
    see: tagged('see'),
    keys: objects.flatMap((one) => one.getProperties().map((key) => optionOf(key, `${name}.`, declared))),
  }
}

/** The description, its lines joined to paragraphs. */
const textOf = (doc: JSDoc): string =>
  doc
    .getDescription()
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' '))
    .join('\n\n')

const namesIn = (node: Node): string[] => [
  ...new Set(node.getDescendantsOfKind(SyntaxKind.TypeReference).map((one) => one.getTypeName().getText())),
]

function reachable(root: Declaration, declared: ReadonlyMap<string, Declaration>): Set<Declaration> {
  const found = new Set<Declaration>()
  const visit = (node: Declaration): void => {
    for (const name of namesIn(node)) {
      const next = declared.get(name)
      if (next === undefined || found.has(next)) continue
      found.add(next)
      visit(next)
    }
  }
  visit(root)
  return found
}
