/** PromQL as Prometheus' own grammar reads it, as far as Haldane's queries need it. The rest is refused by name. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { failed, ok, problem, problemText, type Result } from '../../core/result.ts'

export type Matcher = {
  readonly label: string
  readonly holds: (value: string) => boolean
}

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'selector'; readonly matchers: readonly Matcher[] }
  | {
      readonly kind: 'aggregate'
      readonly by: readonly string[]
      readonly fold: (values: readonly number[]) => number
      readonly of: Expression
    }
  | {
      readonly kind: 'arithmetic'
      readonly apply: (left: number, right: number) => number
      readonly left: Expression
      readonly right: Expression
    }
  /** `or`: all of the left side, and what it has not, going by the labels `on`, from the right. `and`: what the right side has as well. */
  | {
      readonly kind: 'or' | 'and'
      readonly on: readonly string[]
      readonly left: Expression
      readonly right: Expression
    }

/** All that is built below; a node of any other name is refused. */
const served: ReadonlySet<string> = new Set(
  [
    'PromQL ParenExpr NumberDurationLiteral StringLiteral',
    'VectorSelector Identifier LabelMatchers UnquotedLabelMatcher LabelName',
    'MatchOp EqlSingle Neq EqlRegex NeqRegex',
    'AggregateExpr AggregateOp Sum Count FunctionCallBody',
    'AggregateModifier By GroupingLabels',
    'BinaryExpr Add Sub Mul Div Or And MatchingModifierClause On',
  ].flatMap((names) => names.split(' ')),
)

export function parsePromql(query: string): Result<Expression> {
  const { topNode } = parser.parse(query)
  const error = firstNode(topNode, ({ type }) => type.isError)
  if (error !== undefined) return refused(query, `syntax error at character ${error.from + 1}`)
  const foreign = firstNode(topNode, ({ name }) => !served.has(name))
  return foreign === undefined ? build(topNode, query) : unserved(foreign, query)
}

function refused(query: string, what: string): Result<never> {
  return failed(problem(query, what))
}

function unserved(node: SyntaxNode, text: string): Result<never> {
  return refused(textOf(node, text), `${node.name} is not served by the sandbox`)
}

function firstNode(top: SyntaxNode, isIt: (node: SyntaxNode) => boolean): SyntaxNode | undefined {
  let found: SyntaxNode | undefined
  top.cursor().iterate(({ node }) => {
    if (isIt(node)) found ??= node
  })
  return found
}

function build(node: SyntaxNode, text: string): Result<Expression> {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return number(node, text)
    case 'VectorSelector':
      return selector(node, text)
    case 'AggregateExpr':
      return aggregate(node, text)
    case 'BinaryExpr':
      return binary(node, text)
    default:
      return node.firstChild === null ? unserved(node, text) : build(node.firstChild, text)
  }
}

function number(node: SyntaxNode, text: string): Result<Expression> {
  const value = Number(textOf(node, text))
  return Number.isNaN(value) ? unserved(node, text) : ok({ kind: 'number', value })
}

function selector(node: SyntaxNode, text: string): Result<Expression> {
  const name = node.getChild('Identifier')
  const metric = name === null ? [] : [named(textOf(name, text))]
  const parts = childrenOf(node.getChild('LabelMatchers')).map((part) => matcher(part, text))
  const problems = parts.flatMap((part) => (part.ok ? [] : part.problems))
  if (problems.length > 0) return failed(...problems)
  const matchers = [...metric, ...parts.flatMap((part) => (part.ok ? [part.value] : []))]
  return matchers.every(({ holds }) => holds(''))
    ? refused(text, 'a selector must contain at least one matcher that is not empty')
    : ok({ kind: 'selector', matchers })
}

function named(metric: string): Matcher {
  return { label: '__name__', holds: (value) => value === metric }
}

function matcher(node: SyntaxNode, text: string): Result<Matcher> {
  const [label, operator, value] = childrenOf(node).map((part) => textOf(part, text))
  const wanted = unquoted(value ?? '')
  if (label === undefined || wanted === undefined) return unserved(node, text)
  const holds = condition(operator ?? '', wanted)
  return holds === undefined
    ? refused(value ?? '', 'is no regular expression')
    : ok({ label, holds })
}

function condition(operator: string, wanted: string): Matcher['holds'] | undefined {
  if (operator === '=') return (value) => value === wanted
  if (operator === '!=') return (value) => value !== wanted
  const pattern = anchored(wanted)
  if (pattern === undefined) return undefined
  return operator === '=~' ? (value) => pattern.test(value) : (value) => !pattern.test(value)
}

/** Prometheus reads RE2; what we use means the same in both. */
function anchored(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 's')
  } catch {
    return undefined
  }
}

/** A text in Go's quotes; undefined for an escape that JSON does not know. */
function unquoted(literal: string): string | undefined {
  const inner = literal.slice(1, -1)
  if (literal.startsWith('`')) return inner
  const escaped = inner.replaceAll("\\'", "'").replaceAll(/(?<!\\)((?:\\\\)*)"/g, '$1\\"')
  try {
    const value: unknown = JSON.parse(`"${literal.startsWith("'") ? escaped : inner}"`)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  count: (values) => values.length,
}

function aggregate(node: SyntaxNode, text: string): Result<Expression> {
  const [operator, body] = [node.getChild('AggregateOp'), node.getChild('FunctionCallBody')]
  const labels = node.getChild('AggregateModifier')?.getChild('GroupingLabels') ?? null
  const fold = folds[textOf(operator, text).toLowerCase()]
  if (fold === undefined || body === null) return unserved(node, text)
  const by = childrenOf(labels).map((label) => textOf(label, text))
  const of = build(body, text)
  return of.ok ? ok({ kind: 'aggregate', by, fold, of: of.value }) : of
}

const operations: Readonly<Record<string, (left: number, right: number) => number>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => left / right,
}

function binary(node: SyntaxNode, text: string): Result<Expression> {
  if (node.getChild('Or') !== null) return sets('or', node, text)
  return node.getChild('And') === null ? arithmetic(node, text) : sets('and', node, text)
}

function arithmetic(node: SyntaxNode, text: string): Result<Expression> {
  const matching = node.getChild('MatchingModifierClause')
  if (matching !== null) return unserved(matching, text)
  const [first, operator, second] = childrenOf(node)
  const apply = operations[operator?.name ?? '']
  if (first === undefined || second === undefined || apply === undefined)
    return unserved(operator ?? node, text)
  return combined(build(first, text), build(second, text), (left, right) =>
    isVector(left) && isVector(right)
      ? refused(text, 'arithmetic between two vectors is not served by the sandbox')
      : ok({ kind: 'arithmetic', apply, left, right }),
  )
}

function sets(kind: 'or' | 'and', node: SyntaxNode, text: string): Result<Expression> {
  const parts = childrenOf(node)
  const [first, second] = [parts.at(0), parts.at(-1)]
  const clause = node.getChild('MatchingModifierClause')
  const labels = clause?.getChild('On') ? clause.getChild('GroupingLabels') : null
  if (first === undefined || second === undefined || labels === null) return unserved(node, text)
  const on = childrenOf(labels).map((label) => textOf(label, text))
  return combined(build(first, text), build(second, text), (left, right) =>
    ok({ kind, on, left, right }),
  )
}

function combined(
  left: Result<Expression>,
  right: Result<Expression>,
  combine: (left: Expression, right: Expression) => Result<Expression>,
): Result<Expression> {
  if (!left.ok) return left
  return right.ok ? combine(left.value, right.value) : right
}

/** Whether it has series; a bare number has none. */
export function isVector(expression: Expression): boolean {
  if (expression.kind === 'arithmetic') {
    return isVector(expression.left) || isVector(expression.right)
  }
  return expression.kind !== 'number'
}

function textOf(node: SyntaxNode | null, text: string): string {
  return node === null ? '' : text.slice(node.from, node.to)
}

function childrenOf(node: SyntaxNode | null): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) children.push(child)
  return children
}

/** The problem with a query in one line, as an answer carries it. */
export function whyRefused(result: Result<Expression>): string {
  return result.ok ? '' : problemText(result.problems)
}
