"""What each hidden value writes, added one after the other."""

from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        width = 4 * d_model if d_ff is None else d_ff
        self.linear1 = nn.Linear(d_model, width)
        self.linear2 = nn.Linear(width, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        hidden = self.dropout(nn.functional.relu(self.linear1(x)))
        output = self.linear2.bias.expand_as(x)
        for value, column in zip(hidden.unbind(-1), self.linear2.weight.unbind(1), strict=True):
            output = output + value.unsqueeze(-1) * column
        return output
