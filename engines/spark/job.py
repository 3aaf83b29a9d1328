"""What `spark-submit` runs: `spark-submit --py-files lifecycle_spark-0.1.0-py3-none-any.whl job.py cohort --lake URL`."""

import sys

from lifecycle_spark.__main__ import main

sys.exit(main())
