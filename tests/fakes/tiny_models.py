"""Small sentence-transformers models with random weights, made in a second: to try what another model does."""

from __future__ import annotations

from pathlib import Path

_WORDS = "the a of and to in work job nurse java data with for years patience revision marker sailing".split()


def make_tiny_model(
    folder: Path,
    *,
    dimension: int,
    seed: int = 7,
    max_tokens: int = 128,
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    include_prompt: bool = True,
    spread: float = 0.02,
) -> Path:
    """A 2-layer BERT in `folder`; other seeds give other weights. Blocks for a second.

    `spread` of the weights: with the usual small one the first token hardly sees the others.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *".,;:-()", *letters, *_WORDS]
    vocabulary += [f"##{letter}" for letter in letters]
    bare = folder / "transformer"
    bare.mkdir(parents=True)
    (bare / "vocab.txt").write_text("\n".join(dict.fromkeys(vocabulary)) + "\n", encoding="utf-8")
    BertTokenizerFast(vocab=str(bare / "vocab.txt"), do_lower_case=True).save_pretrained(str(bare))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(dict.fromkeys(vocabulary)),
        hidden_size=dimension,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=2 * dimension,
        max_position_embeddings=max_tokens,
        initializer_range=spread,
    )
    BertModel(config).save_pretrained(str(bare))
    transformer = Transformer(str(bare), max_seq_length=max_tokens)
    pooled = Pooling(dimension, pooling, include_prompt=include_prompt)
    model = SentenceTransformer(modules=[transformer, pooled, Normalize()], device="cpu", prompts=prompts)
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
