"""A small ResNet in training, with Adam's moments and an averaged copy. Optional, not in the build.

training.py make FILE           trains a few steps on random images and writes a PyTorch checkpoint
training.py check FILE SHUFFLED goes one step further with both and prints how far outputs are apart:
                                before, after, and after with the moments left as they were, which
                                must be large
"""
import sys

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, before, width):
        super().__init__()
        stride = 1 if before == width else 2
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.pad = stride, (width - before) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        x = functional.pad(x[:, :, ::self.stride, ::self.stride],
                           (0, 0, 0, 0, self.pad, self.pad))
        return functional.relu(x + y)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.layer1 = nn.Sequential(Block(6, 6), Block(6, 6))
        self.layer2 = nn.Sequential(Block(6, 12))
        self.layer3 = nn.Sequential(Block(12, 24))
        self.linear = nn.Linear(24, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


def step(network, optimizer, seed):
    random = torch.Generator().manual_seed(seed)
    images = torch.randn(32, 3, 16, 16, generator=random)
    labels = torch.randint(0, 10, (32,), generator=random)
    optimizer.zero_grad()
    functional.cross_entropy(network(images), labels).backward()
    optimizer.step()


def adam(network):
    return torch.optim.Adam(network.parameters(), lr=0.01)


def outputs(network):
    network.eval()
    with torch.no_grad():
        result = network(torch.randn(16, 3, 16, 16, generator=torch.Generator().manual_seed(9)))
    network.train()
    return result


def resumed(weights, moments):
    network = Network()
    network.load_state_dict(weights['state_dict'])
    optimizer = adam(network)
    optimizer.load_state_dict(moments['optimizer'])
    before = outputs(network)
    step(network, optimizer, 100)
    return before, outputs(network)


def apart(one, other):
    return ((one - other).abs().max() / one.abs().max()).item()


torch.manual_seed(1)
if sys.argv[1] == 'make':
    network = Network()
    optimizer = adam(network)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True)
    for seed in range(20):
        step(network, optimizer, seed)
        average.update_parameters(network)
    torch.save({'epoch': 1, 'state_dict': network.state_dict(),
                'optimizer': optimizer.state_dict(), 'ema': average.state_dict()}, sys.argv[2])
else:
    original, shuffled = (torch.load(path, weights_only=True) for path in sys.argv[2:])
    before, after = resumed(original, original)
    moved_before, moved_after = resumed(shuffled, shuffled)
    _, unmoved = resumed(shuffled, original)
    print('before the step %.2g, after it %.2g, with moments left in place %.2g'
          % (apart(before, moved_before), apart(after, moved_after), apart(after, unmoved)))
    averages = []
    for file in (original, shuffled):
        network = Network()
        network.load_state_dict({k.removeprefix('module.'): v for k, v in file['ema'].items()
                                 if k != 'n_averaged'})
        averages.append(outputs(network))
    print('averaged copies %.2g' % apart(*averages))
