"""The same model in PyTorch: python torch_peer.py train|infer BATCH STEPS -> one line of JSON."""
import json, pathlib, resource, sys, time

import torch
from torch import nn
import torch.nn.functional as F_

what, batch, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
S = json.loads((pathlib.Path(__file__).parent / "shape.json").read_text())
W, F, L, K = S["window"], S["features"], S["heads"], S["classes"]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        h1, h2 = S["units"]
        self.lstm1 = nn.LSTM(F, h1, bidirectional=True)
        self.norm1 = nn.BatchNorm1d(2 * h1, eps=1e-3, momentum=0.01)
        self.lstm2 = nn.LSTM(2 * h1, h2, bidirectional=True)
        self.dropout = nn.Dropout(S["dropout"])
        self.dense = nn.Linear(2 * h2, L * K)
        self.norm2 = nn.BatchNorm1d(L * K, eps=1e-3, momentum=0.01)

    def forward(self, x):
        steps, batch, _ = x.shape
        h = self.norm1(self.lstm1(x)[0].reshape(steps * batch, -1)).view(steps, batch, -1)
        h = self.dropout(self.lstm2(h)[0]).reshape(steps * batch, -1)
        return self.norm2(F_.relu(self.dense(h))).view(-1, K)


torch.manual_seed(7)
model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=S["learningRate"], eps=1e-7)
data = torch.randn(W, batch, F)
target = torch.randint(0, K, (W * batch * L,))


def train():
    optimizer.zero_grad()
    log_p = F_.log_softmax(model(data), 1).gather(1, target[:, None])[:, 0]
    loss = (-0.25 * (1 - log_p.exp()) ** 2 * log_p).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


def infer():
    with torch.inference_mode():
        return F_.softmax(model(data), 1).sum().item()


if what == "infer":
    model.eval()
step = train if what == "train" else infer
times = []
for i in range(steps + 2):
    start = time.perf_counter()
    step()
    if i >= 2:
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"milliseconds": times, "rssBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "version": torch.__version__}))
