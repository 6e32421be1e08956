#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/pyro_distributions.csv: what Pyro 1.8.5 and PyTorch 1.13 (double precision) say of distributions and
transforms, each beside the expression of Elbo that must have the same value.

Run as `python3 pyro_distributions.py > ../data/pyro_distributions.csv` with Pyro on the path. Lines are `expression ; value`,
or `expression ; value ; tolerance` where Pyro's own formula is the coarser one; otherwise the two agree to 1e-9. Quantities
that a library does not have are left out."""
import math
import warnings

import pyro.distributions as dist
import pyro.distributions.transforms as transforms
import torch
from torch.distributions import constraints, kl_divergence, transform_to

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
torch.distributions.Distribution.set_default_validate_args(False)


def T(*v):
    return torch.tensor(v[0] if len(v) == 1 else v, dtype=torch.float64)


def text(v):
    """A value as Elbo text."""
    if isinstance(v, torch.Tensor):
        v = v.detach().tolist()
    if isinstance(v, (list, tuple)):
        return "[" + ", ".join(text(x) for x in v) + "]"
    if isinstance(v, bool):
        return "true" if v else "false"
    return repr(float(v)) if not float(v).is_integer() or abs(v) > 1e15 else str(int(v))


def line(expression, value, tolerance=None):
    value = value.detach() if isinstance(value, torch.Tensor) else T(value)
    for index in torch.cartesian_prod(*[torch.arange(k) for k in value.shape]).reshape(-1, value.dim()) if value.dim() else [()]:
        at = f"({expression})" + (f"[{', '.join(str(int(i)) for i in index)}]" if value.dim() else "")
        print(f"{at} ; {float(value[tuple(index)]) if value.dim() else float(value)!r}" + (f" ; {tolerance}" if tolerance else ""))


def asked(d, name):
    """mean, variance or entropy where the library knows it (the mean of what has none is nan in both)."""
    try:
        v = getattr(d, name)
        v = v() if callable(v) else v
    except (NotImplementedError, AttributeError):
        return None
    return v if isinstance(v, torch.Tensor) else None


MOMENTS = ("mean", "variance", "entropy")


def compare(expression, d, values, quantiles=(0.01, 0.3, 0.5, 0.99), moments=MOMENTS, cdf=True, tolerance=None, coarse=()):
    def allowed(name):
        return dict(coarse).get(name, tolerance) if coarse else tolerance

    for x in values:
        line(f"{expression}.log_prob({text(x)})", d.log_prob(T(x)), allowed("log_prob"))
    for name in moments:
        v = asked(d, name)
        if v is not None:
            line(f"{expression}.{name}", v, allowed(name))
    if not cdf or d.event_shape:
        return
    for x in values:
        try:
            line(f"{expression}.cdf({text(x)})", d.cdf(T(x)), allowed("cdf"))
        except NotImplementedError:
            break
    for q in quantiles:
        try:
            line(f"{expression}.quantile({q})", d.icdf(T(q)), allowed("quantile"))
        except NotImplementedError:
            break


def divergence(a, da, b, db):
    line(f"{a}.kl({b})", kl_divergence(da, db))


def reals():
    xs = (-30.5, -3.0, -0.2, 0.0, 0.7, 2.5, 40.0)
    compare("Normal(0.5, 2)", dist.Normal(0.5, 2.0), xs)
    compare("Cauchy(0.5, 2)", dist.Cauchy(0.5, 2.0), xs)
    compare("Laplace(0.5, 2)", dist.Laplace(0.5, 2.0), xs)
    compare("AsymmetricLaplace(0.5, 2, 1.7)", dist.AsymmetricLaplace(T(0.5), T(2.0), T(1.7)), xs)
    compare("AsymmetricLaplace(0.5, 2, 0.3)", dist.AsymmetricLaplace(T(0.5), T(2.0), T(0.3)), xs)
    compare("Logistic(0.5, 2)", dist.Logistic(T(0.5), T(2.0)), xs)
    compare("Gumbel(0.5, 2)", dist.Gumbel(T(0.5), T(2.0)), (-3.0, -0.2, 0.7, 2.5, 40.0))
    for df in (0.7, 1.5, 4.0, 300.0):
        compare(f"StudentT({df}, 0.5, 2)", dist.StudentT(T(df), T(0.5), T(2.0)), xs)
    for k in (0.1, 2.0, 60.0):
        compare(f"VonMises(0.5, {k})", dist.VonMises(T(0.5), T(k)), (-3.1, -1.0, 0.0, 0.5, 2.0), tolerance=1e-6 if k < 50 else 1e-3)
    compare("Folded(Normal(1, 2))", dist.FoldedDistribution(dist.Normal(1.0, 2.0)), (0.0, 0.3, 2.0, 9.0))
    divergence("Normal(0.5, 2)", dist.Normal(0.5, 2.0), "Normal(-1, 3)", dist.Normal(-1.0, 3.0))
    divergence("Laplace(0.5, 2)", dist.Laplace(0.5, 2.0), "Laplace(-1, 3)", dist.Laplace(-1.0, 3.0))
    divergence("Cauchy(0.5, 2)", dist.Cauchy(0.5, 2.0), "Cauchy(-1, 3)", dist.Cauchy(-1.0, 3.0))
    divergence("Gumbel(0.5, 2)", dist.Gumbel(T(0.5), T(2.0)), "Gumbel(-1, 3)", dist.Gumbel(T(-1.0), T(3.0)))


def positives():
    xs = (1e-6, 0.1, 0.9, 2.0, 7.5, 60.0)
    compare("LogNormal(0.5, 2)", dist.LogNormal(T(0.5), T(2.0)), xs)
    compare("HalfNormal(2)", dist.HalfNormal(T(2.0)), xs, cdf=True)
    compare("HalfCauchy(2)", dist.HalfCauchy(T(2.0)), xs)
    compare("Exponential(1.5)", dist.Exponential(1.5), xs)
    compare("Exponential(scale = 4)", dist.Exponential(0.25), xs)
    for shape in (0.2, 1.0, 3.7, 150.0):
        compare(f"Gamma({shape}, 1.5)", dist.Gamma(shape, 1.5), xs)
        compare(f"Gamma({shape}, scale = 4)", dist.Gamma(shape, 0.25), xs)
        compare(f"InverseGamma({shape}, 1.5)", dist.InverseGamma(T(shape), T(1.5)), xs)
    for df in (0.7, 3.0, 40.0):
        compare(f"Chi2({df})", dist.Chi2(T(df)), xs)
    for shape in (0.6, 1.0, 3.0):
        compare(f"Weibull(2, {shape})", dist.Weibull(T(2.0), T(shape)), xs)
    compare("Pareto(2, 1.5)", dist.Pareto(T(2.0), T(1.5)), (2.5, 7.0, 900.0))
    compare("Pareto(2, 4)", dist.Pareto(T(2.0), T(4.0)), (2.5, 7.0, 900.0))
    divergence("Gamma(2, 3)", dist.Gamma(2.0, 3.0), "Gamma(0.5, 1)", dist.Gamma(0.5, 1.0))
    divergence("Exponential(3)", dist.Exponential(3.0), "Exponential(0.5)", dist.Exponential(0.5))
    divergence("LogNormal(0.5, 2)", dist.LogNormal(T(0.5), T(2.0)), "LogNormal(-1, 3)", dist.LogNormal(T(-1.0), T(3.0)))
    divergence("HalfNormal(3)", dist.HalfNormal(3.0), "HalfNormal(0.5)", dist.HalfNormal(0.5))
    divergence("Pareto(3, 2)", dist.Pareto(T(3.0), T(2.0)), "Pareto(2, 4)", dist.Pareto(T(2.0), T(4.0)))


def shares():
    xs = (1e-5, 0.1, 0.5, 0.83, 0.999)
    for a, b in ((0.5, 0.5), (1.0, 1.0), (2.0, 7.5), (300.0, 4.0)):
        compare(f"Beta({a}, {b})", dist.Beta(a, b), xs)
        compare(f"Kumaraswamy({a}, {b})", dist.Kumaraswamy(T(a), T(b)), xs[4:] if a > 50 else xs, moments=("mean", "variance"))  # torch underflows
    compare("BetaProportion(0.3, 8)", dist.Beta(2.4, 5.6), xs)
    compare("Uniform(-1, 3)", dist.Uniform(-1.0, 3.0), (-0.5, 0.0, 2.9))
    compare("LogitNormal(0.5, 2)", dist.TransformedDistribution(dist.Normal(0.5, 2.0), [transforms.SigmoidTransform()]), xs)
    divergence("Beta(2, 3)", dist.Beta(2.0, 3.0), "Beta(0.5, 1)", dist.Beta(0.5, 1.0))
    divergence("Uniform(0, 1)", dist.Uniform(0.0, 1.0), "Uniform(-1, 2)", dist.Uniform(-1.0, 2.0))


def counts():
    xs = (0.0, 1.0, 3.0, 10.0)
    for p in (0.2, 0.5, 0.999):
        compare(f"Bernoulli({p})", dist.Bernoulli(p), (0.0, 1.0))
        compare(f"Geometric({p})", dist.Geometric(T(p)), xs)
        compare(f"Binomial(10, {p})", dist.Binomial(10, T(p)), xs)
        compare(f"NegativeBinomial(2.5, {p})", dist.NegativeBinomial(T(2.5), T(p)), xs)
    for logit in (-3.0, 0.4, 20.0):
        compare(f"Bernoulli(logit = {logit})", dist.Bernoulli(logits=T(logit)), (0.0, 1.0))
        compare(f"Geometric(logit = {logit})", dist.Geometric(logits=T(logit)), xs, tolerance=1e-6 if logit == 20 else None)
        compare(f"Binomial(10, logit = {logit})", dist.Binomial(10, logits=T(logit)), xs)
        compare(f"NegativeBinomial(2.5, logit = {logit})", dist.NegativeBinomial(T(2.5), logits=T(logit)), xs)
    compare("NegativeBinomial(mean = 4, dispersion = 2.5)", dist.GammaPoisson(T(2.5), T(2.5 / 4)), xs)
    for rate in (0.03, 4.5, 200.0):
        compare(f"Poisson({rate})", dist.Poisson(rate), xs)
    compare("BetaBinomial(0.7, 3, 10)", dist.BetaBinomial(T(0.7), T(3.0), 10), xs)
    compare("ZeroInflated(Poisson(3), 0.2)", dist.ZeroInflatedPoisson(T(3.0), gate=T(0.2)), xs)
    compare("ZeroInflated(Poisson(3), logit = -2)", dist.ZeroInflatedPoisson(T(3.0), gate_logits=T(-2.0)), xs, moments=())  # Pyro takes the gate as 1
    compare("ZeroInflated(NegativeBinomial(3, 0.4), 0.2)", dist.ZeroInflatedNegativeBinomial(T(3.0), probs=T(0.4), gate=T(0.2)), xs)
    compare("Categorical([0.2, 0.5, 0.3])", dist.Categorical(T(0.2, 0.5, 0.3)), (0.0, 1.0, 2.0), moments=("entropy",))
    compare("Categorical(logits = [-1, 0.4, 9])", dist.Categorical(logits=T(-1.0, 0.4, 9.0)), (0.0, 1.0, 2.0), moments=("entropy",))
    for eta in (-4.0, 0.3, 7.0):
        for x in (0.0, 1.0, 2.0, 3.0):
            line(f"OrderedLogistic({eta}, [-1, 0.5, 2]).log_prob({x})", dist.OrderedLogistic(T(eta), T(-1.0, 0.5, 2.0)).log_prob(T(x)))
    compare("Delta(1.5)", dist.Delta(T(1.5)), (1.5, 2.0), moments=("mean", "variance"))
    compare("Delta(1.5, 0.3)", dist.Delta(T(1.5), T(0.3)), (1.5, 2.0), moments=("mean", "variance"))
    divergence("Bernoulli(0.2)", dist.Bernoulli(0.2), "Bernoulli(0.7)", dist.Bernoulli(0.7))
    divergence("Binomial(5, 0.2)", dist.Binomial(5, T(0.2)), "Binomial(5, 0.7)", dist.Binomial(5, T(0.7)))
    divergence("Poisson(2)", dist.Poisson(2.0), "Poisson(0.7)", dist.Poisson(0.7))
    divergence("Geometric(0.2)", dist.Geometric(0.2), "Geometric(0.7)", dist.Geometric(0.7))
    divergence("Categorical([0.2, 0.8])", dist.Categorical(T(0.2, 0.8)), "Categorical([0.6, 0.4])", dist.Categorical(T(0.6, 0.4)))


def vectors():
    C = [[2.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 0.5]]
    D = [[1.0, -0.2, 0.1], [-0.2, 3.0, 0.4], [0.1, 0.4, 0.9]]
    L = torch.linalg.cholesky(T(C)).tolist()
    mu, xs = [0.5, -1.0, 2.0], ([0.0, 0.0, 0.0], [1.5, -2.0, 3.0], [30.0, -20.0, 7.0])
    for name, keyword, m in (("covariance", "covariance_matrix", C), ("precision", "precision_matrix", C), ("cholesky", "scale_tril", L)):
        d = dist.MultivariateNormal(T(mu), **{keyword: T(m)})
        compare(f"MultivariateNormal({text(mu)}, {name} = {text(m)})", d, xs)
    divergence(f"MultivariateNormal({text(mu)}, {text(C)})", dist.MultivariateNormal(T(mu), T(C)),
               f"MultivariateNormal([0, 0, 1], {text(D)})", dist.MultivariateNormal(T(0.0, 0.0, 1.0), T(D)))
    F, diagonal = [[1.0, 0.3], [-0.5, 2.0], [0.2, 0.1]], [0.3, 1.2, 2.0]
    compare(f"LowRankMultivariateNormal({text(mu)}, {text(F)}, {text(diagonal)})",
            dist.LowRankMultivariateNormal(T(mu), T(F), T(diagonal)), xs)
    F2, diagonal2 = [[0.4, -0.3], [0.5, 1.0], [1.2, 0.7]], [1.3, 0.2, 0.8]
    divergence(f"LowRankMultivariateNormal({text(mu)}, {text(F)}, {text(diagonal)})", dist.LowRankMultivariateNormal(T(mu), T(F), T(diagonal)),
               f"LowRankMultivariateNormal([0, 0, 1], {text(F2)}, {text(diagonal2)})",
               dist.LowRankMultivariateNormal(T(0.0, 0.0, 1.0), T(F2), T(diagonal2)))
    for df in (1.0, 5.5):
        d = dist.MultivariateStudentT(T(df), T(mu), T(L))
        compare(f"MultivariateStudentT({df}, {text(mu)}, cholesky = {text(L)})", d, xs)
        compare(f"MultivariateStudentT({df}, {text(mu)}, {text(C)})", d, xs)
    shares = ([0.2, 0.3, 0.5], [0.98, 0.01, 0.01], [1e-4, 0.4, 0.5999])
    for a in ([0.3, 2.0, 5.0], [1.0, 1.0, 1.0], [40.0, 3.0, 900.0]):
        compare(f"Dirichlet({text(a)})", dist.Dirichlet(T(a)), shares)
    divergence("Dirichlet([0.3, 2, 5])", dist.Dirichlet(T(0.3, 2.0, 5.0)), "Dirichlet([1, 4, 0.5])", dist.Dirichlet(T(1.0, 4.0, 0.5)))
    for dim, c in ((2, 1.0), (3, 0.5), (3, 4.0)):
        d = dist.LKJCholesky(dim, T(c))
        torch.manual_seed(dim)
        for _ in range(2):
            x = d.sample()
            line(f"LKJCholesky({dim}, {c}).log_prob({text(x)})", d.log_prob(x))
    for df in (3.5, 20.0):
        for name, keyword, m in (("scale", "covariance_matrix", C), ("precision", "precision_matrix", C), ("cholesky", "scale_tril", L)):
            d = dist.Wishart(T(df), **{keyword: T(m)})
            compare(f"Wishart({df}, {name} = {text(m)})", d, (D, C))
    divergence(f"Wishart(5, {text(C)})", dist.Wishart(T(5.0), T(C)), f"Wishart(7, {text(D)})", dist.Wishart(T(7.0), T(D)))
    counts = ([1.0, 2.0, 4.0], [0.0, 0.0, 7.0])
    compare("Multinomial(7, [0.2, 0.5, 0.3])", dist.Multinomial(7, T(0.2, 0.5, 0.3)), counts, moments=("mean", "variance"))
    compare("Multinomial(7, logits = [-1, 0.4, 9])", dist.Multinomial(7, logits=T(-1.0, 0.4, 9.0)), counts, moments=("mean", "variance"))
    compare("DirichletMultinomial([0.3, 2, 5], 7)", dist.DirichletMultinomial(T(0.3, 2.0, 5.0), 7), counts)
    ones = ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    compare("OneHotCategorical([0.2, 0.5, 0.3])", dist.OneHotCategorical(T(0.2, 0.5, 0.3)), ones)
    compare("OneHotCategorical(logits = [-1, 0.4, 9])", dist.OneHotCategorical(logits=T(-1.0, 0.4, 9.0)), ones)
    # The densities of simplexes differ in their measure: torch's stick breaking is over the first k - 1 shares, as is ours.
    d = dist.LogisticNormal(T(0.5, -1.0), T(1.0, 0.4))
    for x in shares:
        line(f"LogisticNormal([0.5, -1], [1, 0.4]).log_prob({text(x)})", d.log_prob(T(x)))
    scale = 0.7
    walk = dist.TransformedDistribution(dist.Normal(torch.zeros(3), scale).to_event(1), [transforms.ComposeTransform([])])
    for x in ([0.1, 0.5, -0.2], [3.0, 2.0, 1.0]):
        steps = torch.diff(T(x), prepend=T([0.0]))
        line(f"GaussianRandomWalk({scale}, 3).log_prob({text(x)})", walk.log_prob(steps))


def built():
    mix = dist.Categorical(T(0.2, 0.5, 0.3))
    compare("Mixture([0.2, 0.5, 0.3], [Normal(-2, 1), Normal(0.5, 0.3), Normal(6, 2)])",
            dist.MixtureSameFamily(mix, dist.Normal(T(-2.0, 0.5, 6.0), T(1.0, 0.3, 2.0))), (-30.0, -2.0, 0.4, 5.0, 60.0))
    compare("Mixture([0.2, 0.5, 0.3], [Poisson(1), Poisson(5), Poisson(40)])",
            dist.MixtureSameFamily(mix, dist.Poisson(T(1.0, 5.0, 40.0))), (0.0, 4.0, 50.0))
    two = dist.MixtureSameFamily(dist.Categorical(T(0.4, 0.6)), dist.Normal(T([[0.0, 0.0], [3.0, 1.0]]), T(1.0)).to_event(1))
    for x in ([0.1, 0.5], [9.0, -4.0]):
        line(f"Mixture([0.4, 0.6], [Independent(Normal([0, 0], 1)), Independent(Normal([3, 1], 1))]).log_prob({text(x)})", two.log_prob(T(x)))
    normal = dist.Normal(0.5, 2.0)
    for ours, theirs, xs in (
            ("exp", [transforms.ExpTransform()], (0.01, 2.0, 90.0)),
            ("sigmoid", [transforms.SigmoidTransform()], (0.01, 0.4, 0.999)),
            ("tanh", [transforms.TanhTransform()], (-0.9, 0.1, 0.99)),
            ("softplus", [transforms.SoftplusTransform()], (0.01, 2.0, 90.0)),
            ("affine(3, -0.5)", [transforms.AffineTransform(3.0, -0.5)], (-2.0, 3.0, 5.0)),
            ("[affine(3, 0.5), exp]", [transforms.AffineTransform(3.0, 0.5), transforms.ExpTransform()], (0.5, 20.0, 300.0))):
        compare(f"Transformed(Normal(0.5, 2), {ours})", dist.TransformedDistribution(normal, theirs), xs, moments=())


def maps():
    """Constraints as transforms: log |det J| by the density of what a standard normal becomes."""
    def density(ours, k, t, y, base=None):
        """At y = t(x), the density of t's image of k standard normals."""
        x = t.inv(y)
        value = dist.Normal(torch.zeros(k), 1.0).log_prob(x).sum() - t.log_abs_det_jacobian(x, y).sum()
        line(f"sum(Transformed(Normal({text([0] * k)}, 1), {ours}).log_prob({text(y)}))", value)

    for x in ([0.3, -1.0], [2.0, 0.1]):
        t = transforms.StickBreakingTransform()
        density("simplex", 2, t, t(T(x)))
    for x in ([0.3, -1.0, 0.5], [2.0, 0.1, -1.5]):
        t = transforms.CorrCholeskyTransform()
        density("corr_cholesky", 3, t, t(T(x)))
        t = transforms.OrderedTransform()
        density("ordered", 3, t, t(T(x)))
        for ours, c in (("positive", constraints.positive), ("unit_interval", constraints.unit_interval)):
            t = transform_to(c)
            density(ours, 3, t, t(T(x)))
    # (The lower_cholesky of torch has its own order of elements, which does not change the density.)


for part in (reals, positives, shares, counts, vectors, built, maps):
    part()
