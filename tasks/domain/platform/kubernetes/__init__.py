"""Kubernetes manifests: objects, pods, and the platform that they describe."""
