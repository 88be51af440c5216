"""`pip download` of a source archive that is not built; run as a script by the interpreter that has pip.

pip builds what it downloads to learn what it needs, which runs the package's own code. Here the archive is found and
fetched as pip does it, by the user's index, proxy, certificates and passwords, and saved as it is.
"""

from __future__ import annotations

import sys
from optparse import Values
from pathlib import Path

from pip._internal.commands.download import DownloadCommand
from pip._internal.exceptions import DistributionNotFound, NetworkConnectionError
from pip._vendor.packaging.requirements import Requirement

CHUNK = 1_000_000  # bytes


class SourceDownload(DownloadCommand):
    """Takes the options of `pip download` and one pinned requirement."""

    def run(self, options: Values, args: list[str]) -> int:
        """Saves the archive in the folder of `--dest`; its hash is for the caller to check."""
        wanted = Requirement(args[0])
        session = self.get_default_session(options)
        finder = self._build_package_finder(options, session)
        found = finder.find_best_candidate(wanted.name, wanted.specifier).best_candidate
        if found is None:
            raise DistributionNotFound(f"No matching distribution found for {wanted}")
        url = found.link.url_without_fragment
        answer = session.get(url, headers={"Accept-Encoding": "identity"}, stream=True)
        answer.raise_for_status()
        total, done = int(answer.headers.get("Content-Length", 0)), 0
        with (Path(options.download_dir) / found.link.filename).open("xb") as archive:
            while chunk := answer.raw.read(CHUNK):
                done += archive.write(chunk)
                sys.stdout.write(f"Progress {done} of {total}\n")
                sys.stdout.flush()
        if done < total:
            raise NetworkConnectionError(f"the connection ended after {done} of {total} bytes")
        return 0


if __name__ == "__main__":
    sys.exit(SourceDownload("download", "").main(sys.argv[1:]))
