"""The ways out, and the suppressions that outlive everything else."""
