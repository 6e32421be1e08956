# SPDX-License-Identifier: GPL-3.0-or-later
# bench/mixture.ppl in Pyro, with vectorised particles. Prints microseconds per step and the ELBO at the end.
import time

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO
from pyro.optim import Adam

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
pyro.set_rng_seed(0)
x = torch.tensor([(-1.5 if i < 40 else 1.5) + 0.01 * (i % 40) - 0.2 for i in range(100)])


def model(x):
    mu = pyro.sample("mu", dist.Normal(0.0, 3.0))
    with pyro.plate("data", len(x)):
        z = pyro.sample("z", dist.Bernoulli(0.5))
        pyro.sample("x", dist.Normal(torch.where(z > 0, mu, -1.5), 1.0), obs=x)


def guide(x):
    at = pyro.param("at", torch.tensor(0.0))
    spread = pyro.param("spread", torch.tensor(0.3), constraint=dist.constraints.positive)
    odds = pyro.param("odds", torch.zeros(len(x)))
    pyro.sample("mu", dist.Normal(at, spread))
    with pyro.plate("data", len(x)):
        pyro.sample("z", dist.Bernoulli(logits=odds))


svi = SVI(model, guide, Adam({"lr": 0.01}), Trace_ELBO(num_particles=100, vectorize_particles=True, max_plate_nesting=1))
for _ in range(20):
    svi.step(x)
pyro.clear_param_store()
start = time.perf_counter()
losses = [svi.step(x) for _ in range(500)]
print((time.perf_counter() - start) / 500 * 1e6, -sum(losses[-50:]) / 50)
