/* How a gamma variable moves with its shape, for all families that are made of gamma variables. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAMMA_PATH_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAMMA_PATH_H

/* d log(g) / d shape along the path on which g keeps its probability P(shape, g), given log(g): implicit reparameterisation
   (Figurnov, Mohamed, Mnih: Implicit reparameterization gradients, NeurIPS 2018). Relative error below 1e-12. */
double gamma_path(double log_g, double shape);

#endif
