#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/pyro.ppl: what Pyro 1.8.5 (on PyTorch 1.13, double precision) says of the programs in
tests/scripts/pyro*.ppl, at the same values of the parameters and the same draws.

Run as `python3 pyro_programs.py > ../data/pyro.ppl` with Pyro on the path. A program is run for PARTICLES particles; what is
written for each: the noise or the draws of every latent site, the data, the log density of every site (summed over its
elements, with scale and mask), the ELBO (mean over particles) and its gradient by the unconstrained parameters."""
import math

import pyro
import pyro.distributions as dist
import pyro.poutine as poutine
import torch
from pyro.distributions import constraints
from pyro.infer import RenyiELBO, TraceEnum_ELBO, TraceMeanField_ELBO, config_enumerate
from pyro.poutine.util import prune_subsample_sites
from pyro.infer.reparam import AutoReparam, LocScaleReparam, TransformReparam

torch.set_default_dtype(torch.float64)
PARTICLES = 3
T = torch.tensor


def text(v):
    """A value as Elbo text."""
    if isinstance(v, torch.Tensor):
        v = v.detach().tolist()
    if isinstance(v, dict):
        return "{" + ", ".join(f"{k if k.isidentifier() else chr(34) + k + chr(34)}: {text(x)}" for k, x in v.items()) + "}"
    if isinstance(v, (list, tuple)):
        return "[" + ", ".join(text(x) for x in v) + "]"
    if isinstance(v, bool):
        return "true" if v else "false"
    return repr(float(v)) if not float(v).is_integer() or abs(v) > 1e15 else str(int(v))


def write(name, record):
    print(f"{name} = {text(record)}\n")


def free_params():
    """The unconstrained parameters, by name."""
    return dict(pyro.get_param_store().named_parameters())


def take_gradients(value):
    for p in free_params().values():
        p.grad = None
    value.backward()
    return {k: (torch.zeros_like(p) if p.grad is None else p.grad.clone()) for k, p in free_params().items()}


def noise_of(site):
    """The standard normal number behind a draw of Normal or LogNormal."""
    fn, value = site["fn"], site["value"]
    while hasattr(fn, "base_dist") and not isinstance(fn, dist.LogNormal):
        fn = fn.base_dist
    value = value.log() if isinstance(fn, dist.LogNormal) else value
    return ((value - fn.loc) / fn.scale).detach()


def is_latent(site):
    return site["type"] == "sample" and not site["is_observed"] and type(site["fn"]).__name__ != "_Subsample"


def is_scored(site):
    return site["type"] == "sample" and type(site["fn"]).__name__ != "_Subsample"


def one_run(model, guide, args, noisy):
    """One particle: traces, draws (as noise where `noisy`), sites' log densities."""
    q = poutine.trace(guide).get_trace(*args)
    p = poutine.trace(poutine.replay(model, trace=q)).get_trace(*args)
    p.compute_log_prob()
    q.compute_log_prob()
    draws = {n: noise_of(s) if n in noisy else s["value"].detach() for n, s in q.nodes.items() if is_latent(s)}
    return p, q, draws


def sums(trace):
    return {n: s["log_prob"].sum() for n, s in trace.nodes.items() if is_scored(s)}


def stack(records):
    return {k: torch.stack([torch.as_tensor(r[k]) for r in records]) for k in records[0]}


def compare(name, model, guide, args=(), params=None, noisy=None, bound=None, seed=0, **more):
    """Runs PARTICLES particles and writes everything. `bound` maps the particles' log weights to the objective."""
    pyro.clear_param_store()
    pyro.set_rng_seed(seed)
    runs = []
    for _ in range(PARTICLES):
        runs.append(one_run(model, guide, args, noisy))
    weights = torch.stack([p.log_prob_sum() - q.log_prob_sum() for p, q, _ in runs])
    objective = bound(weights) if bound else weights.mean()
    gradient = take_gradients(objective)
    write(name + "_pyro", {
        "draws": stack([d for _, _, d in runs]),
        "model": stack([sums(p) for p, _, _ in runs]),
        "guide": stack([sums(q) for _, q, _ in runs]) if any(sums(q) for _, q, _ in runs) else {"none": 0},
        "weights": weights,
        "elbo": objective,
        "gradient": gradient,
        **more,
    })


# ---- The programs -----------------------------------------------------------------------------------------------------

x = T([41.2, 44.9, 38.3, 47.7, 40.1])


def normal(x):
    mu = pyro.sample("mu", dist.Normal(42.0, 1.0))
    sigma = pyro.sample("sigma", dist.LogNormal(math.log(3), 1.0))
    with pyro.plate("data", len(x)):
        pyro.sample("x", dist.Normal(mu, sigma), obs=x)


def normal_guide(x):
    mu_mean = pyro.param("mu_mean", T(42.3))
    mu_scale = pyro.param("mu_scale", T(0.4), constraint=constraints.positive)
    sigma_mean = pyro.param("sigma_mean", T(1.2))
    sigma_scale = pyro.param("sigma_scale", T(0.3), constraint=constraints.positive)
    pyro.sample("mu", dist.Normal(mu_mean, mu_scale))
    pyro.sample("sigma", dist.LogNormal(sigma_mean, sigma_scale))


both = {"mu", "sigma"}
print("# Written by tests/reference/pyro_programs.py from Pyro 1.8.5.\n")
compare("normal", normal, normal_guide, (x,), noisy=both)

# scale and mask, nested
half = T([True, True, False, True, False])


def tempered(x):
    with poutine.scale(scale=0.25):
        mu = pyro.sample("mu", dist.Normal(42.0, 1.0))
        with poutine.scale(scale=2.0):
            sigma = pyro.sample("sigma", dist.LogNormal(math.log(3), 1.0))
    with pyro.plate("data", len(x)), poutine.mask(mask=half):
        pyro.sample("x", dist.Normal(mu, sigma), obs=x)


compare("tempered", tempered, poutine.scale(normal_guide, scale=0.25), (x,), noisy=both, seed=1)

# condition, hierarchy, params and latents for each element
y = T([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
s = T([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
J = len(y)


def schools(s):
    mu = pyro.sample("mu", dist.Normal(0.0, 5.0))
    tau = pyro.sample("tau", dist.LogNormal(1.0, 1.0))
    with pyro.plate("schools", J):
        theta = pyro.sample("theta", dist.Normal(mu, tau))
        pyro.sample("y", dist.Normal(theta, s))


def schools_guide(s):
    mu_mean = pyro.param("mu_mean", T(4.0))
    mu_scale = pyro.param("mu_scale", T(2.0), constraint=constraints.positive)
    tau_mean = pyro.param("tau_mean", T(1.1))
    tau_scale = pyro.param("tau_scale", T(0.5), constraint=constraints.positive)
    m = pyro.param("m", torch.linspace(2.0, 9.0, J))
    w = pyro.param("w", torch.linspace(1.0, 3.0, J), constraint=constraints.positive)
    pyro.sample("mu", dist.Normal(mu_mean, mu_scale))
    pyro.sample("tau", dist.LogNormal(tau_mean, tau_scale))
    with pyro.plate("schools", J):
        pyro.sample("theta", dist.Normal(m, w))


conditioned = poutine.condition(schools, data={"y": y})
compare("schools", conditioned, schools_guide, (s,), noisy={"mu", "tau", "theta"}, seed=2, y=y, s=s)

# a guide that draws one vector for the sites of the plate
def schools_vector_guide(s):
    mu_mean = pyro.param("mu_mean", T(4.0))
    pyro.sample("mu", dist.Normal(mu_mean, 2.0))
    pyro.sample("tau", dist.LogNormal(1.1, 0.5))
    m = pyro.param("m", torch.linspace(2.0, 9.0, J))
    w = pyro.param("w", torch.linspace(1.0, 3.0, J), constraint=constraints.positive)
    pyro.sample("theta", dist.Normal(m, w).to_event(1))


def schools_vector(s):
    mu = pyro.sample("mu", dist.Normal(0.0, 5.0))
    tau = pyro.sample("tau", dist.LogNormal(1.0, 1.0))
    theta = pyro.sample("theta", dist.Normal(mu, tau).expand([J]).to_event(1))
    pyro.sample("y", dist.Normal(theta, s).to_event(1), obs=y)


compare("vector", schools_vector, schools_vector_guide, (s,), noisy={"mu", "tau", "theta"}, seed=3)

# do and block
# (Pyro's do keeps a draw of the site that it cuts off from the rest; hidden, the site leaves the density.)
compare("intervened", poutine.block(poutine.do(normal, data={"mu": T(43.5)}), hide=["mu"]), poutine.block(normal_guide, hide=["mu"]), (x,), noisy=both, seed=4)


# lift, substitute: params of the model become latents, or take values
def regression(x, t):
    a = pyro.param("a", T(1.0))
    b = pyro.param("b", T(0.5), constraint=constraints.positive)
    with pyro.plate("data", len(x)):
        pyro.sample("x", dist.Normal(a + b * t, 2.0), obs=x)


def regression_guide(x, t):
    a_mean = pyro.param("a_mean", T(38.0))
    b_mean = pyro.param("b_mean", T(0.2))
    pyro.sample("a", dist.Normal(a_mean, 1.5))
    pyro.sample("b", dist.LogNormal(b_mean, 0.4))


t = T([0.0, 1.0, 2.0, 3.0, 4.0])
lifted = poutine.lift(regression, prior={"a": dist.Normal(40.0, 10.0), "b": dist.LogNormal(0.0, 1.0)})
compare("lifted", lifted, regression_guide, (x, t), noisy={"a", "b"}, seed=5, t=t)
pyro.clear_param_store()
substituted = poutine.trace(poutine.substitute(regression, data={"a": T(39.0), "b": T(1.5)})).get_trace(x, t)
substituted.compute_log_prob()
write("substituted_pyro", {"x": substituted.nodes["x"]["log_prob"]})


# uncondition: the data become latent sites, here at values of their own
fresh = {"mu": T(42.5), "sigma": T(2.5), "x": T([40.0, 41.0, 42.0, 43.0, 46.0])}
unconditioned = poutine.trace(poutine.substitute(poutine.uncondition(normal), data={})).get_trace(x)
assert not any(n["is_observed"] for n in unconditioned.nodes.values() if is_scored(n))
unconditioned = poutine.trace(poutine.condition(poutine.uncondition(normal), data=fresh)).get_trace(x)
unconditioned.compute_log_prob()
write("unconditioned_pyro", {"values": fresh, "model": sums(unconditioned)})


# reparam
def schools_reparam_guide(name, extra=()):
    def guide(s):
        mu_mean = pyro.param("mu_mean", T(4.0))
        pyro.sample("mu", dist.Normal(mu_mean, 2.0))
        tau_mean = pyro.param("tau_mean", T(1.1))
        if "tau_base" in extra:
            pyro.sample("tau_base", dist.Normal(tau_mean, 0.5))
        else:
            pyro.sample("tau", dist.LogNormal(tau_mean, 0.5))
        m = pyro.param("m", torch.linspace(-1.0, 1.0, J))
        with pyro.plate("schools", J):
            pyro.sample(name, dist.Normal(m, 0.7))
    return guide


for label, config, guide, noisy in [
    ("reparam_fixed", {"theta": LocScaleReparam(0.3)}, schools_reparam_guide("theta_decentered"), {"mu", "tau", "theta_decentered"}),
    ("reparam_learned", {"theta": LocScaleReparam()}, schools_reparam_guide("theta_decentered"), {"mu", "tau", "theta_decentered"}),
    ("reparam_transform", {"theta": LocScaleReparam(0.0), "tau": TransformReparam()},
     schools_reparam_guide("theta_decentered", {"tau_base"}), {"mu", "tau_base", "theta_decentered"}),
]:
    compare(label, poutine.reparam(conditioned, config=config), guide, (s,), noisy=noisy, seed=6)


# factor and deterministic
def factored(x):
    mu = pyro.sample("mu", dist.Normal(42.0, 1.0))
    twice = pyro.deterministic("twice", 2 * mu)
    pyro.factor("tilt", -0.1 * (twice - 80.0) ** 2)
    with pyro.plate("data", len(x)):
        pyro.sample("x", dist.Normal(mu, 3.0), obs=x)


def mu_guide(x):
    mu_mean = pyro.param("mu_mean", T(42.3))
    mu_scale = pyro.param("mu_scale", T(0.4), constraint=constraints.positive)
    pyro.sample("mu", dist.Normal(mu_mean, mu_scale))


compare("factored", factored, mu_guide, (x,), noisy={"mu"}, seed=7)


# Delta with a log density of its own
def delta_guide(x):
    mu_mean = pyro.param("mu_mean", T(42.3))
    sigma_mean = pyro.param("sigma_mean", T(3.2), constraint=constraints.positive)
    pyro.sample("mu", dist.Delta(mu_mean, log_density=0.3 * mu_mean))
    pyro.sample("sigma", dist.Delta(sigma_mean))


compare("delta", normal, delta_guide, (x,), noisy=(), seed=8)

# Rényi and importance weighted bounds: Pyro's own, and what they are made of
for label, alpha in [("renyi", 0.5), ("iwae", 0.0), ("renyi_negative", -1.0)]:
    compare(label, normal, normal_guide, (x,), noisy=both, seed=9,
            bound=lambda w, a=alpha: ((1 - a) * w).logsumexp(0) / (1 - a) - math.log(PARTICLES) / (1 - a))
    pyro.clear_param_store()
    pyro.set_rng_seed(9)
    write(label + "_loss_pyro", {"loss": RenyiELBO(alpha=alpha, num_particles=PARTICLES).loss(normal, normal_guide, x)})


# analytic KL where both sides have one
def field(x):
    mu = pyro.sample("mu", dist.Normal(42.0, 1.0))
    sigma = pyro.sample("sigma", dist.LogNormal(math.log(3), 1.0))
    pyro.sample("rate", dist.Gamma(2.0, 0.5))
    pyro.sample("p", dist.Beta(2.0, 3.0))
    pyro.sample("wait", dist.Exponential(0.7))
    with pyro.plate("data", len(x)):
        e = pyro.sample("e", dist.Normal(0.0, 1.0))
        pyro.sample("x", dist.Normal(mu + e, sigma), obs=x)


def field_guide(x):
    normal_guide(x)
    shape = pyro.param("shape", T(3.0), constraint=constraints.positive)
    rate = pyro.param("rate_rate", T(1.1), constraint=constraints.positive)
    pyro.sample("rate", dist.Gamma(shape, rate))
    a = pyro.param("a", T(2.5), constraint=constraints.positive)
    pyro.sample("p", dist.Beta(a, 1.7))
    pyro.sample("wait", dist.Exponential(pyro.param("w", T(0.9), constraint=constraints.positive)))
    m = pyro.param("m", torch.linspace(-0.5, 0.5, len(x)))
    with pyro.plate("data", len(x)):
        pyro.sample("e", dist.Normal(m, 0.6))


def mean_field():
    pyro.clear_param_store()
    pyro.set_rng_seed(10)
    elbo = TraceMeanField_ELBO()
    draws, total = [], 0.0
    for k in range(PARTICLES):
        p, q, _ = one_run(field, field_guide, (x,), ())
        draws.append({n: noise_of(q.nodes[n]) for n in ("mu", "sigma", "e")})
        p, q = prune_subsample_sites(p), prune_subsample_sites(q)
        p.compute_log_prob()
        q.compute_score_parts()
        value = -elbo._differentiable_loss_particle(p, q)[1]
        total = total + value / PARTICLES
    write("mean_field_pyro", {"draws": stack(draws), "elbo": total, "gradient": take_gradients(total)})


mean_field()


# the other discrete families, at given values: log densities and their gradients
def counted(y):
    rate = pyro.param("rate", T(2.5), constraint=constraints.positive)
    p = pyro.param("p", T(0.3), constraint=constraints.unit_interval)
    w = pyro.param("w", T([0.2, -0.4, 0.9]))
    pyro.sample("z", dist.Categorical(logits=w))
    pyro.sample("b", dist.Bernoulli(p))
    pyro.sample("n", dist.Poisson(rate))
    pyro.sample("g", dist.Geometric(p))
    pyro.sample("k", dist.Binomial(10, p))


def counts():
    pyro.clear_param_store()
    values = {"z": T(2.0), "b": T(1.0), "n": T(4.0), "g": T(3.0), "k": T(6.0)}
    trace = poutine.trace(poutine.condition(counted, data=values)).get_trace(None)
    trace.compute_log_prob()
    write("counted_pyro", {"values": values, "model": sums(trace), "gradient": take_gradients(trace.log_prob_sum())})


counts()


# discrete guide sites: the expected ELBO and its gradient, by enumerating the guide
def mixture(x):
    mu = T([38.0, 46.0])
    with pyro.plate("data", len(x)):
        z = pyro.sample("z", dist.Bernoulli(0.4))
        pyro.sample("x", dist.Normal(mu[z.long()], 3.0), obs=x)


def mixture_guide(x):
    q = pyro.param("q", torch.linspace(0.2, 0.8, len(x)), constraint=constraints.unit_interval)
    with pyro.plate("data", len(x)):
        pyro.sample("z", dist.Bernoulli(q), infer={"enumerate": "parallel"})


def chain(x):
    z0 = pyro.sample("z0", dist.Bernoulli(0.4))
    z1 = pyro.sample("z1", dist.Bernoulli(0.2 + 0.5 * z0))
    z2 = pyro.sample("z2", dist.Poisson(1.0 + z1))
    pyro.sample("x", dist.Normal(38.0 + 3 * z0 + 2 * z1 + z2, 3.0).expand([len(x)]).to_event(1), obs=x)


def chain_guide(x):
    a = pyro.param("a", T(0.3), constraint=constraints.unit_interval)
    b = pyro.param("b", T(0.6), constraint=constraints.unit_interval)
    r = pyro.param("r", T(1.5), constraint=constraints.positive)
    z0 = pyro.sample("z0", dist.Bernoulli(a))
    z1 = pyro.sample("z1", dist.Bernoulli(0.5 * b + 0.4 * z0))
    pyro.sample("z2", dist.Poisson(r))


def by_enumeration(name, model, guide, args):
    pyro.clear_param_store()
    elbo = -TraceEnum_ELBO(max_plate_nesting=1, strict_enumeration_warning=False).differentiable_loss(model, guide, *args)
    write(name + "_pyro", {"elbo": elbo, "gradient": take_gradients(elbo)})


def by_hand(name, model, guide, args, values):
    """The same by replaying every combination of values (the Poisson's tail is cut where it is below 1e-15)."""
    pyro.clear_param_store()
    total = 0.0
    for v in values:
        q = poutine.trace(poutine.replay(guide, trace=fixed(v))).get_trace(*args)
        p = poutine.trace(poutine.replay(model, trace=q)).get_trace(*args)
        log_q = q.log_prob_sum()
        total = total + log_q.exp() * (p.log_prob_sum() - log_q)
    write(name + "_pyro", {"elbo": total, "gradient": take_gradients(total)})


def fixed(values):
    trace = poutine.Trace()
    for n, v in values.items():
        trace.add_node(n, name=n, type="sample", value=T(float(v)), is_observed=False, fn=dist.Delta(T(0.0)), args=(), kwargs={}, infer={})
    return trace


by_enumeration("mixture", mixture, mixture_guide, (x,))
by_hand("chain", chain, chain_guide, (x,), [{"z0": a, "z1": b, "z2": c} for a in (0, 1) for b in (0, 1) for c in range(40)])


# a subsampled plate with given elements, and sticking the landing
def subsampled():
    index = T([0, 3, 4])

    def model(x):
        mu = pyro.sample("mu", dist.Normal(42.0, 1.0))
        with pyro.plate("data", len(x), subsample=index) as i:
            pyro.sample("x", dist.Normal(mu, 3.0), obs=x[i])

    compare("subsampled", model, mu_guide, (x,), noisy={"mu"}, seed=11, index=index)


def landing():
    pyro.clear_param_store()
    pyro.set_rng_seed(12)
    draws, total = [], 0.0
    for _ in range(PARTICLES):
        p, q, d = one_run(normal, normal_guide, (x,), both)
        draws.append(d)
        log_q = 0.0
        for n in both:
            fn = q.nodes[n]["fn"]
            log_q = log_q + type(fn)(fn.loc.detach(), fn.scale.detach()).log_prob(q.nodes[n]["value"])
        total = total + (p.log_prob_sum() - log_q) / PARTICLES
    write("landing_pyro", {"draws": stack(draws), "elbo": total, "gradient": take_gradients(total)})


subsampled()
landing()
write("x", x)
