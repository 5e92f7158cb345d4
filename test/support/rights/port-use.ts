import { resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../../..');
const STEPS = resolve(ROOT, 'src/steps');
const PORTS = resolve(STEPS, 'ports');
/** What talks to the API server is called through ports; what it asks is recorded at run time. */
const KUBERNETES = resolve(STEPS, 'adapters/kubernetes');

/** `ClusterReads.nodes`, … : every method of a port that the program of a step can call, by its sources. */
export class PortUse {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(steps: readonly string[]) {
    const { config } = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    this.#program = ts.createProgram(steps.map(mainOf), { ...options, noEmit: true });
    this.#checker = this.#program.getTypeChecker();
  }

  of(step: string): ReadonlySet<string> {
    const source = this.#program.getSourceFile(mainOf(step));
    if (source === undefined) throw new Error(`${step} has no main.ts`);
    return new Walk(this.#checker).from(source);
  }
}

const mainOf = (step: string): string => resolve(STEPS, step, 'main.ts');

/**
 * Follows names from the main program to their declarations. A local constant, and a property of an object that is passed on,
 * are followed only once they are named: `connectCluster` builds far more than any one step uses.
 */
class Walk {
  readonly #checker: ts.TypeChecker;
  readonly #seen = new Set<ts.Node>();
  readonly #todo: ts.Node[] = [];
  readonly #used = new Set<string>();
  /** What stands in front of a method of a port, such as the fence. */
  readonly #wrappers = new Map<string, ts.Node[]>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  from(source: ts.SourceFile): ReadonlySet<string> {
    for (const statement of source.statements) if (ts.isExpressionStatement(statement)) this.#visit(statement);
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) this.#visit(next);
    return this.#used;
  }

  #visit(node: ts.Node): void {
    if (ts.isTypeNode(node)) return;
    if (ts.isVariableDeclaration(node)) return;
    if (ts.isCallExpression(node) || ts.isNewExpression(node))
      for (const argument of node.arguments ?? []) this.#handOver(argument);
    if (ts.isReturnStatement(node) && node.expression !== undefined && ts.isIdentifier(node.expression))
      this.#handOver(node.expression);
    if (ts.isObjectLiteralExpression(node)) {
      this.#visitLiteral(node);
      return;
    }
    if (ts.isIdentifier(node)) this.#name(node);
    ts.forEachChild(node, (child) => {
      this.#visit(child);
    });
  }

  /** An object that is passed whole counts as used for every member that the parameter's type names. */
  #handOver(argument: ts.Expression): void {
    if (ts.isSpreadElement(argument) || ts.isFunctionLike(argument)) return;
    const wanted = this.#checker.getContextualType(argument);
    const given = this.#checker.getTypeAtLocation(argument);
    // An asynchronous function may return the value or a promise of it.
    for (const type of wanted?.isUnion() === true ? wanted.types : [wanted])
      for (const property of type !== undefined && (type.flags & ts.TypeFlags.Object) !== 0 ? type.getProperties() : [])
        if (!isPortMethod(property)) this.#handedOver(given.getProperty(property.name));
  }

  /** A function with a port as parameter uses the methods that it names. */
  #handedOver(symbol: ts.Symbol | undefined): void {
    if (symbol !== undefined && !isPortMethod(symbol)) this.#declared(symbol);
  }

  #visitLiteral(node: ts.ObjectLiteralExpression): void {
    if (this.#isWrapper(node)) return;
    // With a type that is written down, its properties are named by that type.
    if (isKept(node) && this.#checker.getContextualType(node) === undefined) return;
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) this.#handOverSpread(node, property);
      else if (ts.isShorthandPropertyAssignment(property))
        this.#declared(this.#checker.getShorthandAssignmentValueSymbol(property));
      else if (ts.isPropertyAssignment(property)) this.#visit(property.initializer);
      else this.#visit(property);
    }
  }

  #handOverSpread(literal: ts.ObjectLiteralExpression, { expression }: ts.SpreadAssignment): void {
    this.#visit(expression);
    const wanted = this.#checker.getContextualType(literal);
    const given = this.#checker.getTypeAtLocation(expression);
    for (const property of wanted?.getProperties() ?? []) this.#handedOver(given.getProperty(property.name));
  }

  /** An object that is a port itself: each of its methods is used when that of the port is. */
  #isWrapper(node: ts.ObjectLiteralExpression): boolean {
    const methods = this.#checker.getContextualType(node)?.getProperties() ?? [];
    const named = methods.flatMap(({ name, declarations = [] }) =>
      declarations.flatMap((each) => [[name, portMethodOf(each)] as const]),
    );
    if (named.length === 0 || named.some(([, method]) => method === undefined)) return false;
    for (const property of node.properties) {
      const method = named.find(([name]) => property.name !== undefined && name === property.name.getText())?.[1];
      if (method === undefined) continue;
      this.#wrappers.set(method, [...(this.#wrappers.get(method) ?? []), property]);
      if (this.#used.has(method)) this.#todo.push(property);
    }
    return true;
  }

  #name(identifier: ts.Identifier): void {
    const symbol = this.#checker.getSymbolAtLocation(identifier);
    this.#declared(symbol);
  }

  #declared(symbol: ts.Symbol | undefined): void {
    if (symbol === undefined) return;
    const real = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
    for (const declaration of real.declarations ?? []) this.#follow(declaration);
  }

  #follow(declaration: ts.Declaration): void {
    const { fileName } = declaration.getSourceFile();
    if (this.#seen.has(declaration) || !fileName.startsWith(resolve(ROOT, 'src'))) return;
    this.#seen.add(declaration);
    const method = portMethodOf(declaration);
    if (method !== undefined) {
      this.#used.add(method);
      this.#todo.push(...(this.#wrappers.get(method) ?? []));
      return;
    }
    if (fileName.startsWith(KUBERNETES)) return;
    if (ts.isBindingElement(declaration)) this.#followBinding(declaration);
    else if (ts.isShorthandPropertyAssignment(declaration))
      this.#declared(this.#checker.getShorthandAssignmentValueSymbol(declaration));
    else if (ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration))
      this.#followValue(declaration.initializer);
    else if (ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration))
      ts.forEachChild(declaration, (child) => void this.#todo.push(child));
    else if (ts.isMethodDeclaration(declaration)) this.#todo.push(declaration);
  }

  #followValue(value: ts.Expression | undefined): void {
    if (value !== undefined) this.#todo.push(value);
  }

  /** `const { cluster } = connected`: that property alone. */
  #followBinding(element: ts.BindingElement): void {
    if (element.initializer !== undefined) this.#todo.push(element.initializer);
    const pattern = element.parent;
    const { propertyName = element.name } = element;
    if (ts.isObjectBindingPattern(pattern) && ts.isIdentifier(propertyName) && element.dotDotDotToken === undefined)
      this.#declared(this.#checker.getTypeAtLocation(pattern).getProperty(propertyName.text));
    const holder = pattern.parent;
    if (ts.isVariableDeclaration(holder)) this.#followValue(holder.initializer);
    else if (ts.isBindingElement(holder)) this.#followBinding(holder);
  }
}

const isPortMethod = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((each) => portMethodOf(each) !== undefined);

function portMethodOf(declaration: ts.Declaration): string | undefined {
  if (!declaration.getSourceFile().fileName.startsWith(PORTS)) return undefined;
  const { parent } = declaration;
  const isMethod = ts.isMethodSignature(declaration) || isFunctionProperty(declaration);
  if (!isMethod || !ts.isInterfaceDeclaration(parent)) return undefined;
  return `${parent.name.text}.${declaration.name.getText()}`;
}

const isFunctionProperty = (declaration: ts.Declaration): declaration is ts.PropertySignature =>
  ts.isPropertySignature(declaration) && /=>/.test(declaration.type?.getText() ?? '');

/** The value of a constant, or what a function returns: others say which of its properties they use. */
function isKept(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent) || ts.isConditionalExpression(parent))
    return isKept(parent);
  if (ts.isArrowFunction(parent)) return parent.body === node && !isArgument(parent);
  if (ts.isReturnStatement(parent)) return !isArgument(enclosingFunction(parent));
  return ts.isVariableDeclaration(parent) && parent.initializer === node;
}

/** The caller of a passed function uses everything that it returns. */
const isArgument = (node: ts.Node): boolean =>
  (ts.isCallExpression(node.parent) || ts.isNewExpression(node.parent)) && node.parent.expression !== node;

const enclosingFunction = (node: ts.Node): ts.Node =>
  ts.isFunctionLike(node) || ts.isSourceFile(node) ? node : enclosingFunction(node.parent);
