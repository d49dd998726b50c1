"""What every test starts from: a data folder of its own."""

import os
import tempfile

os.environ["GOODTERMS_HOME"] = tempfile.mkdtemp(prefix="goodterms-tests-")
