"""How pages get into the store: read, recognised, decided on, written."""
