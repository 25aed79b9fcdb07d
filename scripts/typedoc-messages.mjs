// TypeDoc plugin: a message that is exported as `const X = open(XClass)` is shown as the class that it is, with its members
// and methods; its generic stays beside it, as the type of the same name. And members of classes and interfaces are held
// to the rule that public names are documented; TypeDoc's own check would ask it of every object literal too.
import { Application, Converter, ReflectionKind } from 'typedoc';
import ts from 'typescript';

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.kind !== ReflectionKind.Variable) return;
    const declaration = context.getSymbolFromReflection(reflection)?.valueDeclaration;
    const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
    if (!value || !ts.isCallExpression(value) || !/^open(Jwt)?$/.test(value.expression.getText())) return;
    const symbol = context.resolveAliasedSymbol(context.expectSymbolAtLocation(value.arguments[0]));
    context.project.removeReflection(reflection);
    context.converter.convertSymbol(context, symbol);
  });
  app.on(Application.EVENT_VALIDATE_PROJECT, (project) => {
    if (!project.packageName.startsWith('@latchkey/')) return; // all packages, merged
    for (const member of project.getReflectionsByKind(ReflectionKind.Property)) {
      const ours = project.getSymbolIdFromReflection(member)?.packageName === project.packageName;
      if (ours && member.parent.kindOf(ReflectionKind.ClassOrInterface) && !member.hasComment())
        app.logger.validationWarning(`${member.getFriendlyFullName()} (Property) does not have any documentation`);
    }
  });
}
