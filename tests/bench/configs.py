#!/usr/bin/env python3
"""configs.py [EXDIAG]: an applicationHost.config of 2 MB, with the web.config files of PowerShell
beside it, judged by a whole process: the best and median of twenty, in milliseconds of CPU, which
others on the machine do not lengthen. Beside it what only parses the file, xmllint --noout, by the
same library.

Then one of 28,000 modules, which are looked up by their names.

The bound is that of the issue: judged in under 50 ms.
"""
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / 'iis'))
import write  # noqa: E402

BYTES, BOUND, RUNS = 2_000_000, 50, 20
quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def large(server):
    """A server that many applications share: a location for each, until it is large enough."""
    web = {'windowsAuthentication': 'true', 'anonymousAuthentication': 'true',
           'digestAuthentication': 'false', 'basicAuthentication': 'false'}
    for i in range(1000):
        place = f'Default Web Site/customer{i:04}/files'
        server.locations[place] = (web, ('Negotiate', 'NTLM'), 'Ssl, SslNegotiateCert, Ssl128')
        server.extra[place] = [write.element('handlers', *[
            write.add(name=f'Handler{i}-{k}', path=f'*.x{k}', verb='GET,HEAD,POST',
                      modules='IsapiModule', resourceType='Unspecified',
                      scriptProcessor=write.ASPNET.format(server.framework),
                      preCondition='classicMode,runtimeVersionv4.0,bitness64')
            for k in range(4)])]
    text = server.text()
    return text + f'<!--{"x" * max(0, BYTES - len(text.encode()) - 7)}-->'


def crowded(server):
    """One that many modules share."""
    text = server.text()
    modules = ''.join(f'<add name="M{i:05}" image="%windir%\\System32\\inetsrv\\m{i:05}.dll" />\n'
                      for i in range((BYTES - len(text.encode())) // 68))
    return text.replace('<globalModules>', '<globalModules>' + modules)


def spent():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def samples(command):
    took = []
    for _ in range(RUNS):
        began = spent()
        subprocess.run(command, check=False, **quiet)
        took.append(spent() - began)
    return took


def row(what, took, more=''):
    print(f'{what:44s} {min(took):8.1f} {statistics.median(took):8.1f}  {more}')
    return min(took)


def main():
    exdiag = sys.argv[1] if len(sys.argv) > 1 else str(here.parents[1] / 'build/release/exdiag')
    with tempfile.TemporaryDirectory() as folder:
        server = write.Server('2019')
        for path, text in write.whole(server).items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding='utf-8')
        file = pathlib.Path(folder, 'applicationHost.config')
        text = large(server)
        file.write_text(text, encoding='utf-8')
        print(f'an applicationHost.config of {file.stat().st_size / 1e6:.1f} MB, milliseconds of '
              'CPU of a whole process: best, median')
        command = [exdiag, 'check', '--file', folder, '--only', 'powershell']
        ours = row('exdiag check --file, the folder', samples(command), f'the bound is {BOUND}')
        file.write_text(crowded(write.Server('2019')), encoding='utf-8')
        others = row('the same, of modules alone', samples(command), f'the bound is {BOUND}')
        file.write_text(text, encoding='utf-8')
        row('exdiag --version', samples([exdiag, '--version']))
        if shutil.which('xmllint'):
            theirs = row('xmllint --noout, which parses it alone',
                         samples(['xmllint', '--noout', str(file)]))
            print(f'exdiag takes {ours / theirs:.2f} times as long')
    return max(ours, others) >= BOUND


if __name__ == '__main__':
    sys.exit(main())
