/* The subscript rule: which targets are one per element of a plate. */
#ifndef ELBO_PARSER_LIFT_H
#define ELBO_PARSER_LIFT_H

#include "parser/scope.h"

/* The outermost plate whose index is a subscript of `index` (all plates from there to `scope` have theirs); NULL: none
   has, or the innermost ones have not, which is reported. */
Scope *lift_outermost(Resolver *resolver, Scope *scope, const Node *index, bool *wrong);

/* Makes the variable one per element of the plates from `outermost` to `scope`. */
void lift_target(Resolver *resolver, Scope *scope, Scope *outermost, const Node *index, bool only_drawn);

/* For a use `index` in `scope` of a variable that `lifted` makes one per element of the plate of `home`: whether it is
   used at the index of that plate, and of those around it that lift it too. Sets the bits of these subscripts. */
bool lift_matches(Scope *scope, Scope *home, const Lifted *lifted, const Node *index, uint32_t *bits);

/* Links the variables of all Lifted of a plate. */
void lift_bind(Resolver *resolver, Scope *plate);

#endif
